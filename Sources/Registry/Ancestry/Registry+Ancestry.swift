import Common
import Ledger
import Publication

/// One adapter in a line of adapters that went on from each other.
package struct Ancestor: Sendable, Equatable {
    /// Nil for one that is no version: it was made elsewhere, or its run is gone.
    package let version: AdapterVersion?
    /// Where it lay when its child began.
    package let path: String
    /// SHA-256 of its `adapter_model.safetensors`.
    package let sha256: String
}

extension Registry {
    /// Adapters of a line that are followed: nobody reads more.
    private static let longestLine = 1_000

    /// What a version went on from, the nearest first; none where it began fresh. It ends before an adapter that it has
    /// already, as none comes of itself: a report of the line was edited.
    ///
    /// - Throws: as `follow`.
    package func ancestry(of version: AdapterVersion) throws -> [Ancestor] {
        let byWeights = try versionsByWeights()
        let runs = OutboxVersions(outbox: outbox)
        var line: [Ancestor] = []
        var seen = Set([Self.weights(in: folder(of: version))].compactMap(\.self))
        var current: AdapterVersion? = version
        while let child = current, line.count < Self.longestLine,
            let parent = runs.report(child.run)?.provenance.parent, seen.insert(parent.sha256).inserted
        {
            current = byWeights[parent.sha256]
            line.append(Ancestor(version: current, path: parent.path, sha256: parent.sha256))
        }
        return line
    }

    /// SHA-256 of a run's weights; nil where its list has none.
    private static func weights(in folder: String) -> String? {
        ChecksumFile.sha256(of: "adapter_model.safetensors", in: folder)
    }

    /// Every version by the SHA-256 of its weights; of several with the same weights the first.
    private func versionsByWeights() throws -> [String: AdapterVersion] {
        var found: [String: AdapterVersion] = [:]
        for name in try ledger.namesOfVersions() {
            for version in try ledger.versions(of: name) {
                guard let sha256 = Self.weights(in: folder(of: version)) else { continue }
                found[sha256] = found[sha256] ?? version
            }
        }
        return found
    }
}
