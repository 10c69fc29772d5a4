import Foundation
import Ledger
import Manifests
import ModelFiles
import Pipeline

/// Whether a job would train what was trained before.
package enum Novelty: Sendable, Equatable {
    /// Something differs from the last success, or there is none; what, in words.
    case new(String)
    /// Data, base and settings are those of this job.
    case unchanged(since: JobRecord)

    /// Compares with the last success of that name, stamped or not. Reads and hashes the files that the manifest names.
    static func of(
        _ manifest: NightlyManifest, ledger: Ledger?, policy: PathPolicy, hashCache: String
    ) throws -> Novelty {
        try of(manifest.document.manifest.name, ledger: ledger) { run in
            try RunComparison.difference(
                between: manifest.document.manifest, andRun: run, policy: policy, cache: HashCache(file: hashCache))
        }
    }

    /// The same where somebody else compares: `difference` says what differs from a run's folder, nil for nothing.
    static func of(_ name: String, ledger: Ledger?, difference: (String) throws -> String?) throws -> Novelty {
        guard let last = try ledger?.lastSuccess(of: name, orStamped: Stamp.isStamped) else {
            return .new("no job of the name \(name) has succeeded yet")
        }
        guard let folder = last.runFolder else { return .new("the last success has no run folder") }
        return try difference(folder).map(Novelty.new) ?? .unchanged(since: last)
    }
}
