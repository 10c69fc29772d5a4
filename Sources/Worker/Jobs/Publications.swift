import Common
import Executors
import Foundation
import JobReports
import Ledger
import Manifests
import OperatingSystem
import Pipeline
import Publication

/// What jobs have published, as their journals and the outbox tell it: the ledger's end of a job is that of its run, whatever
/// the job's process lived to say.
package struct Publications: Sendable {
    package let folders: WorkerFolders

    /// What the latest attempt at a job has published.
    @Sendable package func find(_ job: String) -> PublicationFinding {
        guard let journal = PublicationJournal.read(folders.journal(job)), isOurs(journal.folder) else { return .none }
        // A mark alone says little: a worker that starts while a file system is not mounted marks what is below it. The run
        // was staged in the folder of its name, so that had been there.
        let parent = URL(fileURLWithPath: journal.folder).deletingLastPathComponent().path
        guard FileSystem.exists(folders.outboxMark), FileSystem.isFolder(parent) else { return .unknown }
        // Of an older lorad, which told nothing in its journals: the next attempt reads the run's report.
        guard journal.isPublished, let note = journal.note else { return .none }
        let summary = try? LedgerJSON.decode(note.summary, of: job) as JobSummary?
        switch journal.status {
        case .succeeded: return .ended(JobEnding(.succeeded, runFolder: journal.folder, summary: summary))
        case .failed, .rejected:
            let reason = note.reason ?? "The run failed."
            return .ended(JobEnding(.failed, reason: reason, runFolder: journal.folder, summary: summary))
        }
    }

    /// Jobs whose journals are still there: they run, or what follows their end was not done.
    func pending() throws -> [String] {
        try FileSystem.names(in: folders.jobs).filter { FileSystem.exists(folders.journal($0)) }.sorted()
    }

    /// Points `latest` at a succeeded job's run. Does nothing for any other job.
    ///
    /// - Parameter onlyForward: not where it stands at a run that was begun later.
    /// - Throws: `PipelineError` where there is no outbox, `SystemError` where the link cannot be moved.
    func pointLatest(at job: JobRecord, onlyForward: Bool) throws {
        guard job.state == .succeeded, let run = job.runFolder, isOurs(run) else { return }
        guard FileSystem.exists(folders.outboxMark) else {
            throw PipelineError(.unwritable, "The outbox \(folders.outbox) is not there.")
        }
        // One that was removed since is no place for a link to lead to.
        guard FileSystem.isFolder(run) else { return }
        try LatestLink.point(at: run, onlyForward: onlyForward)
    }

    /// Whether `run` is a folder `outbox/NAME/RUN`.
    private func isOurs(_ run: String) -> Bool { RunPlace.name(of: run, in: folders.outbox) != nil }
}
