import Common
import Executors
import Foundation
import JobReports
import Ledger
import Manifests
import OperatingSystem
import Pipeline
import Publication
import Synchronization

/// An attempt at a job in this process, written down as any other.
struct ForegroundAttempt {
    /// Seconds between two looks whether somebody asked to cancel it.
    private static let lookEvery = 1.0

    let job: JobRecord
    /// The manifest's, as it was given.
    let path: String
    let ledger: Ledger
    let folders: WorkerFolders
    let registry: JobRegistry
    let shouldStop: @Sendable () -> Bool
    let report: @Sendable (JobReport) -> Void

    /// Works on it to its end, and tells the ledger of that.
    ///
    /// - Parameter earlier: where earlier lorads kept the checkpoint of a run of this name.
    /// - Throws: as `ForegroundRun.run`.
    func run(_ configuration: WorkerConfiguration, earlier: String) throws -> JobResult {
        let control = JobControl()
        do {
            try WorkFolder(folders.work(job.id)).prepare()
            adoptCheckpoint(from: earlier)
            let recorder = try JobRecorder(job: job, ledger: ledger, control: control, folders: folders)
            recorder.log("attempt \(job.attempt) of job \(job.id), manifest \(job.manifestFile), in the foreground")
            let (outcome, result) = try execute(configuration, control: control, recorder: recorder)
            let ended = try ledger.finish(
                job.id, attempt: job.attempt, as: ending(outcome, control: control), announcer: NobodyTold())
            recorder.log(ended.state.rawValue + (ended.reason.map { ": \($0)" } ?? ""))
            settle(ended)
            if let fault = recorder.fault { throw fault }
            if ended.state == .cancelled {
                throw PipelineError(.interrupted, "The job was cancelled.", advice: goesOn)
            }
            if case .failure(let error as PipelineError) = result, error.code == .interrupted {
                throw PipelineError(.interrupted, error.message, cause: error.cause, advice: goesOn)
            }
            return try result.get()
        } catch {
            // Whatever came in between: no row says that it runs. One whose end is known already refuses this.
            _ = try? ledger.finish(
                job.id, attempt: job.attempt,
                as: JobEnding(.interrupted, reason: ErrorLines.of(error).joined(separator: " ")),
                announcer: NobodyTold())
            throw error
        }
    }

    private var goesOn: String {
        "The same `lorad run` goes on from its last checkpoint; `lorad retry \(job.id)` hands it to a worker."
    }

    /// Has the attempt worked on, and writes down what it tells. It gets no work before the ledger names what does it.
    private func execute(
        _ configuration: WorkerConfiguration, control: JobControl, recorder: JobRecorder
    ) throws -> (JobOutcome, Result<JobResult, any Error>) {
        let request = JobRequest(
            id: job.id, name: job.name, manifestPath: path, manifestText: job.manifestText,
            workFolder: folders.work(job.id), attempt: job.attempt, isForeground: true,
            references: try registry.references(of: job))
        let lastLook = Mutex(0.0)
        let executor = InProcessExecutor { [shouldStop, ledger, job] in
            let now = ProcessInfo.processInfo.systemUptime
            let isDue = lastLook.withLock { last in
                guard now - last >= Self.lookEvery else { return false }
                last = now
                return true
            }
            if isDue, (try? ledger.isCancelRequested(job.id)) == true { control.request(.cancel) }
            return control.reason != nil || shouldStop()
        }
        let execution = try executor.start(JobOrder(request, configuration))
        guard recorder.started(execution) else {
            executor.send(.abandon, to: execution)
            throw recorder.fault ?? WorkerError(.ledger, "The ledger could not name what works on job \(job.id).")
        }
        executor.send(.run, to: execution)
        let outcome = executor.reports(of: execution).outcome { told in
            guard told != .mayPublish else {
                return executor.send(.publish(recorder.mayPublish()), to: execution)
            }
            recorder.take(told)
            report(told)
        }
        RowCacheFolder.adopt(from: request, configuration)
        report(.ended(outcome))
        guard let result = executor.result(of: execution) else {
            throw PipelineError(.interrupted, "The job was stopped before it began.")
        }
        return (outcome, result)
    }

    private func ending(_ outcome: JobOutcome, control: JobControl) -> JobEnding {
        switch outcome {
        case .succeeded(let folder, let summary): return JobEnding(.succeeded, runFolder: folder, summary: summary)
        case .failed(let reason, let folder, let summary):
            return JobEnding(.failed, reason: reason, runFolder: folder, summary: summary)
        case .rejected(let diagnostics): return JobEnding(.rejected, reason: diagnostics.joined(separator: "\n"))
        case .faulted(let reason), .crashed(let reason): return JobEnding(.interrupted, reason: reason)
        case .interrupted:
            let isCancelled = control.reason == .cancel || (try? ledger.isCancelRequested(job.id)) == true
            return isCancelled ? JobEnding(.cancelled, reason: "cancelled") : JobEnding(.interrupted)
        }
    }

    /// Points `latest` at its run, gives it its number in the registry, and clears its work folder. The journal stays where
    /// one of them could not be done: a worker then does it.
    private func settle(_ ended: JobRecord) {
        guard ended.state.isFinal else { return }
        var isPointed = true
        if ended.state == .succeeded, let run = ended.runFolder {
            do {
                try LatestLink.point(at: run)
                if let words = try registry.settle(ended) { report(.log(words)) }
            } catch {
                isPointed = false
                report(.log("`latest` and registry follow later: " + ErrorLines.of(error).joined(separator: " ")))
            }
        }
        WorkFolder(folders.work(job.id)).clear(of: ended, keepingJournal: !isPointed)
    }

    private func adoptCheckpoint(from earlier: String) {
        let old = earlier + "/" + WorkFolder.checkpoint
        let new = folders.work(job.id) + "/" + WorkFolder.checkpoint
        if job.attempt == 1, FileSystem.exists(old), !FileSystem.exists(new) { rename(old, new) }
    }
}
