import Foundation
import Ledger
import Manifests
import OperatingSystem
import Pipeline

/// What became of an outdated adapter whose manifest was to be dropped into the inbox.
package enum Enqueued: Sendable, Equatable {
    /// It lies there, and is to become this job.
    case submitted(job: String, path: String)
    /// A job of the same content waits, runs, or has ended, and nothing that it reads has changed.
    case repeated(job: String)
    /// There is nothing to be done, or no way to do it; why.
    case left(String)
}

/// Makes jobs of the manifests of outdated adapters: as they were run last, on the base as it is now.
///
/// `adapter.init_from` is left out: an adapter of other weights is no beginning on these, and a job that named one would be
/// refused. So is the stamp, which was that of another night.
struct Retraining {
    /// The job that a manifest's text would only repeat, given what it reads; nil where it is new.
    let repeated: (_ text: String, _ inputs: [String]) throws -> JobRecord?
    /// Drops a text into the inbox, by a name and as the job of an id; returns the name it got there.
    let submit: (_ text: String, _ name: String, _ job: String) throws -> String
    let configuration: WorkerConfiguration
    /// As the manifests are to name it; nil where the base lies where it lay.
    let basePath: String?
    let sha256: String
    let tokenizerSHA256: String

    /// - Throws: `ManifestsError` where the manifest cannot be read or would be refused; `WorkerError` where the inbox
    ///   cannot be written.
    func enqueue(_ adapter: OutdatedAdapter) throws -> Enqueued {
        if let successor = adapter.successor { return .left("\(successor.reference) is for the base as it is now") }
        guard let path = adapter.manifest else { return .left("it has no manifest to train again by") }
        let manifest = try NightlyManifest(path: path, settings: try changes(to: path), configuration)
        let inputs = manifest.document.manifest.inputs
        if let job = try repeated(manifest.text, inputs) { return .repeated(job: job.id) }
        let job = Identifier.job()
        let name = try submit(manifest.text, "\(adapter.version.name).yaml", job)
        return .submitted(job: job, path: "\(configuration.inbox)/\(name)")
    }

    private func changes(to path: String) throws -> [String] {
        let manifest = try JobManifest.load(
            path: path, pipelinesFolder: (path as NSString).deletingLastPathComponent)
        var changes = ["base.sha256=\(sha256)"]
        if let basePath { changes.append("base.path='\(basePath.replacing("'", with: "''"))'") }
        if manifest.base.tokenizerSHA256 != nil { changes.append("base.tokenizer_sha256=\(tokenizerSHA256)") }
        if manifest.adapter.initFrom != nil { changes.append("adapter.init_from=null") }
        if manifest.stamp != nil { changes.append("stamp=null") }
        return changes
    }
}
