import Ledger
import Publication

/// What the registry says to whoever removes runs: which of them must stay, however old they are.
package struct VersionRetention: Sendable {
    private let ledger: Ledger
    private let outbox: String

    package init(ledger: Ledger, outbox: String) {
        self.ledger = ledger
        self.outbox = outbox
    }

    /// Runs, as paths from the outbox, that an alias leads to at this moment.
    ///
    /// - Throws: `WorkerError` of the ledger.
    package func aliased() throws -> Set<String> {
        var runs = Set<String>()
        for name in try ledger.namesOfAliases() {
            let numbers = Set(try ledger.aliases(of: name).compactMap(\.target.number))
            runs.formUnion(try ledger.versions(of: name).filter { numbers.contains($0.number) }.map(\.run))
        }
        return runs
    }

    /// Of runs that are due to be removed, those that must stay: aliases lead there, or a version that stays went on from
    /// them, so that without them it could not be made again. What a parent itself went on from may go: in a line of
    /// nights, each of which goes on from the one before, nothing would ever be removed.
    ///
    /// - Parameters:
    ///   - due: paths from the outbox.
    ///   - alsoKept: those of them that stay for another reason.
    /// - Throws: `WorkerError` of the ledger.
    package func indispensable(among due: Set<String>, alsoKept: Set<String> = []) throws -> Set<String> {
        let held = try aliased().union(alsoKept).intersection(due)
        let leaving = due.subtracting(held)
        guard !leaving.isEmpty else { return held }
        var byWeights: [String: [String]] = [:]
        for run in leaving {
            guard let weights = ChecksumFile.sha256(of: Self.weights, in: "\(outbox)/\(run)") else { continue }
            byWeights[weights, default: []].append(run)
        }
        guard !byWeights.isEmpty else { return held }
        var parents = Set<String>()
        for name in try ledger.namesOfVersions() {
            for version in try ledger.versions(of: name) where !leaving.contains(version.run) {
                guard let parent = RunOrigin(folder: "\(outbox)/\(version.run)")?.parentSHA256 else { continue }
                parents.formUnion(byWeights[parent] ?? [])
            }
        }
        return held.union(parents)
    }

    private static let weights = "adapter_model.safetensors"
}
