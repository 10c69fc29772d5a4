import Executors
import ForeignText
import Foundation
import Manifests
import ModelFiles
import Pipeline

/// Does what the intake's process is asked to do.
package enum IntakeDesk {
    /// Reads and judges; what is wrong with what it reads is part of the answer.
    ///
    /// - Parameter onRead: called while something large is hashed, a piece at a time.
    package static func answer(_ order: IntakeOrder, onRead: @escaping @Sendable () -> Void = {}) -> IntakeAnswer {
        let configuration = order.rules.configuration
        switch order.request {
        case .inspect(let path, let name, let rule):
            return .inspected(
                Inspection.of(path, name: name) { text in
                    ManifestReading.verdict(on: text, path: ForeignText.line(name), rule: rule, configuration)
                })
        case .prepare(let path, let settings, let due):
            do { return .prepared(try prepare(path, settings, due, configuration)) } catch { return .failure(error) }
        case .compare(let text, let path, let run, let hashes):
            do {
                let document = try ManifestReading.document(text, path: path, configuration)
                let found = FoundHashes()
                let cache = HashCache(known: hashes, found: found, onRead: { _ in onRead() })
                let difference = try RunComparison.difference(
                    between: document.manifest, andRun: run, policy: configuration.pathPolicy(), cache: cache)
                return .comparison(difference, found)
            } catch { return .failure(error) }
        }
    }

    private static func prepare(
        _ path: String, _ settings: [String], _ due: Date, _ configuration: WorkerConfiguration
    ) throws -> ScheduledManifest {
        do {
            let manifest = try NightlyManifest(path: path, settings: settings, configuration)
            return ScheduledManifest(
                text: try manifest.stamped(at: due, configuration),
                unstamped: .init(manifest))
        } catch let error as ManifestsError where !error.mistakes.isEmpty {
            return ScheduledManifest(text: try NightlyManifest.read(path), unstamped: nil)
        }
    }
}
