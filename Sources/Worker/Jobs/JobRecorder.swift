import Common
import Foundation
import Ledger
import OperatingSystem
import Synchronization
import Views
import Webhooks

/// Takes a running job's events into the ledger, its log and its progress file.
///
/// Where the ledger cannot record a stage, the job is asked to stop: work that nobody can account for is not done.
final class JobRecorder: JobEvents {
    private struct State {
        var stage = ""
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

    func processStarted(_ process: ProcessIdentity) -> Bool {
        record { try ledger.processStarted(process, job: job.id, attempt: job.attempt) }
        return fault == nil
    }

    func heartbeat(memory: Int?) {
        record { try ledger.heartbeat(job: job.id, attempt: job.attempt, memory: memory) }
    }

    func mayPublish() -> Bool {
        var isOwner = false
        record { isOwner = try ledger.mayPublish(job: job.id, attempt: job.attempt) }
        return isOwner && fault == nil
    }

    func stageStarted(_ name: String, detail: String?) {
        state.withLock { $0.stage = name }
        record { try ledger.stageStarted(name, detail: detail, job: job.id, attempt: job.attempt) }
        log("stage \(name) started" + (detail.map { ": " + $0 } ?? ""))
    }

    func stageEnded(_ name: String, detail: String?) {
        record { try ledger.stageEnded(name, detail: detail, job: job.id, attempt: job.attempt) }
        log("stage \(name) ended" + (detail.map { ": " + $0 } ?? ""))
    }

    func progress(step: Int, of total: Int, loss: Double, tokensPerSecond: Double, secondsLeft: Double) {
        let now = ProcessInfo.processInfo.systemUptime
        let (stage, isDue, isLogged) = state.withLock { state in
            let isDue = now - state.progressWritten >= 1 || step == total
            let isLogged = now - state.progressLogged >= 10 || step == total
            if isDue { state.progressWritten = now }
            if isLogged { state.progressLogged = now }
            return (state.stage, isDue, isLogged)
        }
        if isDue {
            let finite = { (value: Double) in value.isFinite ? value : nil }
            let progress = JobProgress(
                stage: stage, step: step, totalSteps: total, loss: finite(loss),
                tokensPerSecond: finite(tokensPerSecond), secondsLeft: finite(secondsLeft), updatedAt: Date())
            record { try progress.save(to: progressPath) }
        }
        if isLogged {
            let rate = TableFigure.text(tokensPerSecond, decimals: 0)
            let left = TableFigure.text(secondsLeft, decimals: 0)
            let lossText = TableFigure.text(loss, decimals: 4)
            log("step \(step) of \(total), loss \(lossText), \(rate) tokens/s, \(left) s left")
        }
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
