import Common
import Foundation
import Ledger
import Manifests
import ModelFiles
import Pipeline
import Publication
import Registry

/// What `lorad registry` does beside moving aliases: it removes, takes in, and looks for what is to be trained again.
extension Worker {
    /// Removes what retention would by a policy; returns the folders.
    ///
    /// - Parameters:
    ///   - name: of this name alone.
    ///   - dryRun: removes nothing, and tells what would be.
    /// - Throws: `RegistryError.missing` for a name that has no versions, `.malformed` where neither the policy nor
    ///   lorad.yaml says how many runs stay.
    package func prune(
        name: String?, by policy: PruningPolicy, dryRun: Bool, user: String, now: Date = Date()
    ) throws -> [String] {
        guard let ledger = try ledger(), let registry = try registry() else { return [] }
        if let name { _ = try registry.known(name) }
        let retention = policy.retention(settings.retention)
        guard retention.keepRuns != nil || retention.keepFailedDays != nil else {
            throw RegistryError(
                .malformed, "Nothing says which runs stay.",
                advice: "Name --keep or --older-than, or set retention.keep_runs in lorad.yaml.")
        }
        let pruning = try RunPruning(folders, ledger, policy: retention)
        if dryRun { return try pruning.candidates(name: name, now: now) }
        let removed = try pruning.prune(name: name, now: now)
        try ledger.recordRemoval(of: removed.map(OutboxVersionPath.of), by: user, now: now)
        return removed
    }

    /// Takes an adapter from elsewhere in as a version, and proves it on its base. One that does not pass stays, unverified.
    ///
    /// - Parameters:
    ///   - source: the adapter's folder.
    ///   - name: what it is to be a version of.
    /// - Throws: as `AdapterImport.run`, where there is no version then; as `RunVerification.run` and `Registry.follow`.
    package func importAdapter(
        _ source: String, base: String, name: String, user: String, reporter: JobReporter = .silent
    ) throws -> (version: AdapterVersion, verdict: RunVerdict) {
        let folders = try WorkerFolders(settings)
        let ledger = try Ledger(folders: folders)
        let registry = Registry(ledger: ledger, outbox: settings.outbox, announcer: NobodyTold())
        let folder = try AdapterImport(
            source, base: base, name: name, user: user, hashCache: HashCache(file: folders.hashCache),
            reporter: reporter
        ).run(into: settings.outbox)
        let entry = try registry.known(name)
        guard let version = entry.versions.first(where: { $0.run == OutboxVersionPath.of(folder) }) else {
            throw RegistryError(.missing, "\(folder) was published and is gone again.")
        }
        var verification = RunVerification(folder, base: base, reporter: reporter)
        let verdict = try verification.run()
        if verdict.passed { try registry.recordProof(of: version, by: user) }
        return (try registry.version(VersionReference(name: name, .number(version.number))), verdict)
    }

    /// Remembers that an imported version, whose files lie in a folder, has passed parity. Returns it where that was not
    /// known yet.
    ///
    /// - Throws: as `Registry.follow`.
    package func recordProof(ofRun folder: String, user: String) throws -> AdapterVersion? {
        guard let record = ImportRecord.read(folder), let registry = try registry() else { return nil }
        let place = OutboxVersionPath.of(folder)
        guard let version = try registry.follow(record.name).versions.first(where: { $0.run == place }),
            FileIdentity(registry.folder(of: version)) == FileIdentity(folder)
        else { return nil }
        return try registry.recordProof(of: version, by: user) ? version : nil
    }
}

/// Whether two paths lead to the same.
private struct FileIdentity: Equatable {
    let device: UInt
    let number: UInt

    init?(_ path: String) {
        guard let status = FileSystem.status(path, followingLinks: true) else { return nil }
        (device, number) = (UInt(status.st_dev), UInt(status.st_ino))
    }
}
