import Foundation
import Manifests

/// Submits scheduled manifests to the worker's own inbox.
struct InboxSubmitter: Scheduler.Submitter {
    let configuration: @Sendable () -> WorkerConfiguration
    let folders: WorkerFolders
    let ledger: Ledger

    func submit(_ entry: ScheduleEntry, due: Date, file: String) throws -> (ScheduledRun.State, String?) {
        if try wasSubmitted(file) { return (.submitted, file) }
        let configuration = configuration()
        let text: String
        do {
            let manifest = try NightlyManifest(path: entry.manifest, settings: entry.settings, configuration)
            if !entry.again, let job = try unchanged(manifest) {
                return (.unchanged, "as in job \(job.id), which succeeded: \(job.runFolder ?? "")")
            }
            text = try manifest.stamped(at: due, configuration)
        } catch let error as ManifestsError where !error.diagnostics.isEmpty {
            // The inbox rejects it as it does any other: quarantined beside its mistakes, and the hooks are told.
            text = try String(contentsOfFile: entry.manifest, encoding: .utf8)
        }
        return (.submitted, try Submission.submit(text, name: file, inbox: folders.inbox))
    }

    /// In the order in which a manifest travels, so that it cannot slip past the question.
    private func wasSubmitted(_ file: String) throws -> Bool {
        if FileSystem.exists(folders.inbox + "/" + file) { return true }
        let isClaimed = try folders.claimFolders.contains { folder in
            try FileSystem.names(in: folder).contains { FileSystem.exists(folder + "/" + $0 + "/" + file) }
        }
        return try isClaimed || ledger.hasManifest(named: file)
    }

    /// A file that cannot be read is the job's to complain of, in the usual way.
    private func unchanged(_ manifest: NightlyManifest) throws -> JobRecord? {
        guard case .unchanged(let job)? = try? Novelty.of(manifest, ledger: ledger, hashCache: folders.hashCache) else {
            return nil
        }
        return job
    }
}
