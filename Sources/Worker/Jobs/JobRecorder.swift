import Common
import Foundation
import JobReports
import Ledger
import OperatingSystem
import Synchronization
import Views
import Webhooks

/// Takes a running job's reports into the ledger, its log and its progress file.
///
/// Where the ledger cannot record a stage, the job is asked to stop: work that nobody can account for is not done.
final class JobRecorder: Sendable {
    private struct State {
        var fault: (any Fault)?
        var progressWritten = 0.0
        var progressLogged = 0.0
    }

    private let job: JobRecord
    private let ledger: Ledger
    private let control: JobControl
    private let jobLog: JobLog
    private let progressPath: String
    private let state = Mutex(State())

    init(job: JobRecord, ledger: Ledger, control: JobControl, folders: WorkerFolders) throws {
        self.job = job
        self.ledger = ledger
        self.control = control
        jobLog = try JobLog(path: folders.log(job.id))
        progressPath = folders.progress(job.id)
    }

    /// The first thing that could not be recorded.
    var fault: (any Fault)? { state.withLock { $0.fault } }

    /// Called before the attempt gets any work; false where it may have none.
    func started(_ execution: Execution) -> Bool {
        record { try ledger.executionStarted(execution, job: job.id, attempt: job.attempt) }
        return fault == nil
    }

    /// Whether the attempt still owns the job, and may publish.
    func mayPublish() -> Bool {
        var isOwner = false
        record { isOwner = try ledger.mayPublish(job: job.id, attempt: job.attempt) }
        return isOwner && fault == nil
    }

    /// Writes down what the attempt tells.
    func take(_ report: JobReport) {
        switch report {
        case .stageStarted(let stage, let detail):
            state.withLock { ($0.progressWritten, $0.progressLogged) = (0, ProcessInfo.processInfo.systemUptime) }
            record { try ledger.stageStarted(stage.rawValue, detail: detail, job: job.id, attempt: job.attempt) }
            log("stage \(stage.rawValue) started" + (detail.map { ": " + $0 } ?? ""))
        case .stageEnded(let stage, let detail):
            record { try ledger.stageEnded(stage.rawValue, detail: detail, job: job.id, attempt: job.attempt) }
            log("stage \(stage.rawValue) ended" + (detail.map { ": " + $0 } ?? ""))
        case .progress(let progress): take(progress)
        case .heartbeat(let memory):
            record { try ledger.heartbeat(job: job.id, attempt: job.attempt, memory: memory) }
        case .log(let line): log(line)
        case .moved, .mayPublish, .ended: break
        }
    }

    /// Progress is kept about once a second, and logged every ten: what a stage counts last, and a stage's end, always.
    private func take(_ progress: StageProgress) {
        let now = ProcessInfo.processInfo.systemUptime
        let isEnd = progress.done == progress.total && progress.validation == nil
        let (isDue, isLogged) = state.withLock { state in
            let isDue = now - state.progressWritten >= 1 || isEnd
            let isLogged = now - state.progressLogged >= 10 || isEnd
            if isDue { state.progressWritten = now }
            if isLogged { state.progressLogged = now }
            return (isDue, isLogged)
        }
        if isDue { record { try JobProgress(progress, at: Date()).save(to: progressPath) } }
        if isLogged { log(progress.words) }
    }

    func log(_ line: String) { record { try jobLog.write(line) } }

    private func record(_ body: () throws -> Void) {
        do {
            try body()
        } catch {
            let fault: any Fault =
                error as? any Fault
                ?? WorkerError(
                    .unwritable, "Job \(job.id)'s work folder cannot be written.", cause: FileSystem.reason(of: error))
            state.withLock { if $0.fault == nil { $0.fault = fault } }
            control.request(.fault)
        }
    }
}
