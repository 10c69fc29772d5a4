import Foundation

/// Takes jobs from the ledger and runs them, one after the other, on the calling thread.
struct JobQueue: Sendable {
    let folders: WorkerFolders
    let ledger: Ledger
    let runner: any JobRunner
    let announcer: Announcer
    let intake: Intake
    let identity: ProcessIdentity

    /// The oldest waiting job, now this worker's; nil where none waits.
    func takeNext() throws -> JobRecord? { try ledger.takeNext(worker: identity, announcer: announcer) }

    /// Runs an attempt and records its end. Throws where the end cannot be recorded: the job then stays `running` and
    /// is rescued at the next start.
    func run(_ job: JobRecord, control: JobControl) throws -> JobRecord {
        try FileSystem.makeFolder(folders.work(job.id))
        let recorder = try JobRecorder(job: job, ledger: ledger, control: control, folders: folders)
        recorder.log("attempt \(job.attempt) of job \(job.id), manifest \(job.manifestFile)")
        let outcome = runner.run(try request(for: job), control: control, events: recorder)
        if let fault = recorder.fault { throw fault }
        let ending = ending(of: job, outcome: outcome, asked: control.reason)
        recorder.log(ending.state.rawValue + (ending.reason.map { ": " + $0 } ?? ""))
        let ended = try ledger.finish(job.id, attempt: job.attempt, as: ending, announcer: announcer)
        try intake.settle(ended)
        return ended
    }

    private func request(for job: JobRecord) throws -> JobRequest {
        let folder = folders.claim(job.id)
        let path = folder + "/" + job.manifestFile
        // A retried job's manifest may lie in the outbox by now; the ledger's text is the one that counts.
        if !FileSystem.exists(path) {
            try FileSystem.makeFolder(folder)
            try FileSystem.writeNewFile(Array(job.manifestText.utf8), to: path)
        }
        return JobRequest(
            id: job.id, manifestPath: path, manifestText: job.manifestText, workFolder: folders.work(job.id),
            attempt: job.attempt)
    }

    private func ending(of job: JobRecord, outcome: JobOutcome, asked: JobControl.Reason?) -> JobEnding {
        switch outcome {
        case .succeeded(let folder, let summary):
            JobEnding(.succeeded, runFolder: folder, summary: summary)
        case .failed(let reason, let folder, let summary):
            JobEnding(.failed, reason: reason, runFolder: folder, summary: summary)
        case .rejected(let diagnostics):
            JobEnding(
                .rejected, reason: diagnostics.map(SingleLine.of).joined(separator: "\n"),
                runFolder: intake.rejectedFolder(of: job))
        case .interrupted:
            switch asked {
            case .stop: JobEnding(.interrupted)
            case .cancel: JobEnding(.cancelled, reason: "cancelled")
            case nil: JobEnding(.failed, reason: "The job stopped although nobody asked it to.")
            }
        }
    }
}
