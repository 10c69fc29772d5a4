import Common
import Executors
import ForeignText
import Foundation
import JobReports
import Ledger
import OperatingSystem
import Pipeline
import Synchronization
import Webhooks

/// Takes jobs from the ledger and runs them on the calling thread.
final class JobQueue: Sendable {
    private let folders: WorkerFolders
    private let ledger: Ledger
    private let live: LiveSettings
    private let announcer: Announcer
    private let intake: Intake
    private let publications: Publications
    private let settlement: JobSettlement
    private let registry: JobRegistry
    private let identity: ProcessIdentity
    private let obstacles: Obstacles
    private let troubles: Troubles
    private let waits = WaitTimes()
    /// How the last attempt at a waiting job crashed.
    private let crashes = Mutex<[String: String]>([:])

    init(
        folders: WorkerFolders, ledger: Ledger, live: LiveSettings, announcer: Announcer, intake: Intake,
        identity: ProcessIdentity, obstacles: Obstacles, troubles: Troubles
    ) {
        self.troubles = troubles
        self.folders = folders
        self.ledger = ledger
        self.live = live
        self.announcer = announcer
        self.intake = intake
        publications = Publications(folders: folders)
        registry = JobRegistry(ledger: ledger, folders: folders, announcer: announcer) {
            live.settings.configuration.signing
        }
        settlement = JobSettlement(
            folders: folders, registry: registry, intake: intake, live: live,
            troubles: troubles)
        self.identity = identity
        self.obstacles = obstacles
    }

    /// Why no job is started although some wait; nil where nothing is in the way.
    var obstacle: String? { obstacles.current?.text }

    /// The next job, now this worker's; nil where none may start. Throws `.unwritable` where the ledger has no room.
    func takeNext() throws -> JobRecord? {
        guard obstacles.look() == nil else { return nil }
        let configuration = live.settings.configuration
        let job = try ledger.takeNext(
            worker: identity, announcer: announcer, longestWait: JobRetries(live.settings.jobs).longestWait,
            rested: waits.over()
        ) { configuration.rule(forOwner: $0)?.atOnce }
        if let job { waits.forget(job.id) }
        return job
    }

    /// Runs an attempt and records its end. Throws where the end cannot be recorded and `isStopping` does not let it
    /// wait: the job then stays `running` and is rescued at the next start.
    func run(_ job: JobRecord, control: JobControl, isStopping: () -> Bool) throws -> JobRecord {
        let outcome = try attempt(job, control: control)
        let ended = try persistently(as: job.id, isStopping) {
            let asked = try request(to: job, control: control, isStopping: isStopping())
            return try conclude(job, outcome: Self.explained(outcome, asked: asked), asked: asked)
        }
        try settlement.settle(ended)
        return ended
    }

    /// What people or the worker's end asked of the job, and its control may not know of: a cancel request that the watch
    /// loop has not seen yet, or a stop that reached the job's process first. Nil where nobody did, a fault included.
    private func request(to job: JobRecord, control: JobControl, isStopping: Bool) throws -> JobControl.Reason? {
        if let reason = control.reason, reason != .fault { return reason }
        if try ledger.isCancelRequested(job.id) { return .cancel }
        return isStopping ? .stop : nil
    }

    /// An attempt that ended early although nobody here asked for it: somebody sent the process a SIGTERM (a keeper of
    /// memory does), or it ended before it had begun. It is tried again, not left until the next start of the worker.
    private static func explained(_ outcome: JobOutcome, asked: JobControl.Reason?) -> JobOutcome {
        guard outcome == .interrupted, asked == nil else { return outcome }
        return .faulted(reason: "The job's process was asked to end by somebody other than this worker.")
    }

    private func attempt(_ job: JobRecord, control: JobControl) throws -> JobOutcome {
        do {
            try WorkFolder(folders.work(job.id)).prepare()
            let recorder = try JobRecorder(job: job, ledger: ledger, control: control, folders: folders)
            recorder.log("attempt \(job.attempt) of job \(job.id), manifest \(job.manifestFile)")
            let again = job.attempt > 1 ? ", attempt \(job.attempt)" : ""
            live.settings.log("job \(job.id): \(job.name) started\(again); its log is \(folders.log(job.id))")
            let outcome = try carryOut(job, control: control, recorder: recorder)
            if let fault = recorder.fault { throw fault }
            recorder.log(outcome.inWords(asked: control.reason))
            return outcome
        } catch let error as any Fault where error.mayPass {
            return .faulted(reason: ErrorLines.of(error).joined(separator: " "))
        }
    }

    /// Has a process work on the job, and takes over what that leaves in shared caches.
    private func carryOut(_ job: JobRecord, control: JobControl, recorder: JobRecorder) throws -> JobOutcome {
        let request: JobRequest
        do { request = try self.request(for: job) } catch let error as any Fault where error.category == .data {
            // What stands in the place of the job's name or of its aliases is this job's misfortune, not the worker's.
            let outcome = JobOutcome.rejected(diagnostics: error.lines)
            live.settings.hear(job, .ended(outcome))
            return outcome
        }
        let outcome = execute(request, of: job, control: control, recorder: recorder)
        live.settings.hear(job, .ended(outcome))
        HashAdoption(configuration: live.settings.configuration, makeReader: live.tools.makeReader).adopt(from: request)
        RowCacheFolder.adopt(from: request, live.settings.configuration)
        return outcome
    }

    /// Has the attempt worked on, and writes down what it tells. It gets no work before the ledger names what does it.
    private func execute(
        _ request: JobRequest, of job: JobRecord, control: JobControl, recorder: JobRecorder
    ) -> JobOutcome {
        let executor = live.tools.executor
        let execution: Execution
        do { execution = try executor.start(JobOrder(request, live.settings.configuration)) } catch {
            return .faulted(reason: ErrorLines.of(error).joined(separator: " "))
        }
        if recorder.started(execution) {
            executor.send(.run, to: execution)
            control.whenRequested { executor.send(.stop, to: execution) }
        } else {
            executor.send(.abandon, to: execution)
        }
        return executor.reports(of: execution).outcome { report in
            guard report == .mayPublish else {
                recorder.take(report)
                return tell(report, of: job)
            }
            executor.send(.publish(recorder.mayPublish()), to: execution)
        }
    }

    /// Tells whoever watches the worker what a job does.
    private func tell(_ report: JobReport, of job: JobRecord) {
        if case .stageEnded(let stage, let detail) = report {
            live.settings.log("job \(job.id): \(stage.rawValue) done" + (detail.map { ", \($0)" } ?? ""))
        }
        live.settings.hear(job, report)
    }

    private func request(for job: JobRecord) throws -> JobRequest {
        var path = folders.claim(job.id) + "/" + job.manifestFile
        // A retried job's manifest may lie in the outbox by now; the ledger's text is the one that counts.
        if !FileSystem.exists(path) {
            let folder = folders.localClaim(job.id)
            path = folder + "/" + job.manifestFile
            try FileSystem.makePrivateFolder(folder)
            try Durable.writeNew(Data(job.manifestText.utf8), to: path)
        }
        return JobRequest(
            id: job.id, name: job.name, manifestPath: path, manifestText: job.manifestText,
            workFolder: folders.work(job.id), attempt: job.attempt,
            rule: live.settings.configuration.rule(forOwner: job.owner), references: try registry.references(of: job))
    }

    private func conclude(_ job: JobRecord, outcome: JobOutcome, asked: JobControl.Reason?) throws -> JobRecord {
        switch publications.find(job.id) {
        case .ended(let ending):
            let ended = try ledger.finish(job.id, attempt: job.attempt, as: ending, announcer: announcer)
            crashes.withLock { $0[job.id] = nil }
            return ended
        case .unknown where !outcome.hasRun && asked != .cancel:
            throw WorkerError(
                .unwritable,
                "Whether job \(job.id) has published its run cannot be told: \(folders.outbox) is not there.")
        case .none, .unknown: break
        }
        let crash: String? = if asked == nil, case .crashed(let reason) = outcome { reason } else { nil }
        let last = crashes.withLock { $0[job.id] }
        let ended = try end(job, outcome: outcome, asked: asked, repeated: crash == last ? crash : nil)
        // Not before the ledger has it: while that has no room the end is asked for again and again.
        crashes.withLock { $0[job.id] = ended.state == .queued ? crash : nil }
        return ended
    }

    /// - Parameter repeated: how the process crashed, where the attempt before had crashed in the same words.
    private func end(_ job: JobRecord, outcome: JobOutcome, asked: JobControl.Reason?, repeated: String?) throws
        -> JobRecord
    {
        if let repeated {
            return try ledger.finish(
                job.id, attempt: job.attempt,
                as: JobEnding(.failed, reason: repeated + " The attempt before ended in the same way."),
                announcer: announcer)
        }
        if let reason = outcome.passing, asked == nil {
            if let wait = JobRetries(live.settings.jobs).wait(after: job.retries) {
                let (end, now) = (Date() + wait, ProcessInfo.processInfo.systemUptime)
                let postponed = try ledger.postpone(job.id, attempt: job.attempt, reason: reason, until: end)
                waits.begin(job.id, until: end, seconds: wait, uptime: now)
                live.settings.log(
                    "job \(job.id): \(reason) Tried again in \(TableFigure.text(wait, decimals: 0)) s "
                        + "(retry \(job.retries + 1) of \(live.settings.jobs.retries))")
                return postponed
            }
            let reason = reason + " Given up after \(job.retries) retries."
            return try ledger.finish(
                job.id, attempt: job.attempt, as: JobEnding(.failed, reason: reason), announcer: announcer)
        }
        return try ledger.finish(
            job.id, attempt: job.attempt, as: ending(of: job, outcome: outcome, asked: asked), announcer: announcer)
    }

    private func ending(of job: JobRecord, outcome: JobOutcome, asked: JobControl.Reason?) -> JobEnding {
        switch outcome {
        case .succeeded(let folder, let summary):
            JobEnding(.succeeded, runFolder: folder, summary: summary)
        case .failed(let reason, let folder, let summary):
            JobEnding(.failed, reason: reason, runFolder: folder, summary: summary)
        case .rejected(let diagnostics):
            JobEnding(
                .rejected, reason: diagnostics.map(ForeignText.line).joined(separator: "\n"),
                runFolder: intake.rejectedFolder(of: job))
        case .interrupted, .faulted, .crashed:
            asked == .cancel ? JobEnding(.cancelled, reason: "cancelled") : JobEnding(.interrupted)
        }
    }

    /// Writes to the ledger, waiting for room where its disk is full.
    private func persistently<Value>(
        as party: String, _ isStopping: () -> Bool, _ body: () throws -> Value
    ) throws -> Value {
        defer { troubles.clear(party) }
        while true {
            do {
                return try body()
            } catch let error as any Fault where error.mayPass {
                if isStopping() { throw error }
                if troubles.isNew(error, for: party) {
                    let told = ErrorLines.of(error).joined(separator: " ")
                    live.settings.log("\(told) It is tried until it works.")
                }
                Thread.sleep(forTimeInterval: 1)
            }
        }
    }
}

extension JobOutcome {
    /// Whether a run was published, as the process tells it.
    fileprivate var hasRun: Bool {
        switch self {
        case .succeeded: true
        case .failed(_, let folder, _): folder != nil
        case .rejected, .faulted, .crashed, .interrupted: false
        }
    }

    /// What ended the attempt, where another may end otherwise.
    fileprivate var passing: String? {
        switch self {
        case .faulted(let reason), .crashed(let reason): reason
        default: nil
        }
    }

    /// For the job's log.
    fileprivate func inWords(asked: JobControl.Reason?) -> String {
        switch self {
        case .interrupted where asked == .cancel, .faulted where asked == .cancel, .crashed where asked == .cancel:
            "cancelled"

        case .succeeded(let folder, _): "succeeded: \(folder)"
        case .failed(let reason, _, _): "failed: \(reason)"
        case .rejected(let diagnostics): "rejected: " + diagnostics.joined(separator: " ")
        case .faulted(let reason), .crashed(let reason): "cut off: \(reason)"
        case .interrupted: "interrupted"
        }
    }
}
