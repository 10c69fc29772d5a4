import Foundation
import JobReports
import Ledger
import OperatingSystem

/// A ledger in a folder of its own, and the shortest way to a job in it.
package struct LedgerBench {
    package let folder: ScratchFolder
    package let ledger: Ledger
    package var announcer: any JobAnnouncer
    package let worker: ProcessIdentity

    package init(announcer: any JobAnnouncer = Told(hooks: []), inMemory: Bool = false) throws {
        let folder = try ScratchFolder(inMemory: inMemory)
        self.folder = folder
        self.announcer = announcer
        let path = folder.path
        ledger = try Ledger(path: path + "/ledger.sqlite") { path + "/" + $0 + ".log" }
        worker = try ProcessIdentity.current()
    }

    package var path: String { folder.path + "/ledger.sqlite" }

    @discardableResult
    package func admit(_ id: String, name: String = "sentiment", mistakes: [String]? = nil) throws -> JobRecord {
        var job = NewJob(
            id: id, name: name, manifestFile: name + ".yaml", manifestText: "name: \(name)", manifestSHA256: "00")
        job.mistakes = mistakes
        return try ledger.admit(job, announcer: announcer)
    }

    package func take(as identity: ProcessIdentity? = nil) throws -> JobRecord? {
        try ledger.takeNext(worker: identity ?? worker, announcer: announcer)
    }

    @discardableResult
    package func finish(_ job: JobRecord, _ ending: JobEnding) throws -> JobRecord {
        try ledger.finish(job.id, attempt: job.attempt, as: ending, announcer: announcer)
    }

    package func recover(maximumCrashes: Int = 3) throws -> RecoveryReport {
        try ledger.recover(maximumCrashes: maximumCrashes, announcer: announcer) { $0.process?.liveness ?? .unknown }
    }

    /// As of a job process that is this one.
    package var execution: Execution { Execution(executor: "process", process: worker) }

    /// A worker that cannot be alive: this process's id, at another boot.
    package var deadWorker: ProcessIdentity {
        ProcessIdentity(pid: worker.pid, startTicks: worker.startTicks, bootID: "gone")
    }
}

/// Tells these hooks of every event, in its own word.
package struct Told: JobAnnouncer {
    package let hooks: [String]

    package init(hooks: [String]) { self.hooks = hooks }

    package func deliveries(
        of event: JobEvent, job: JobRecord, disabled: Set<String>, now: Date
    ) -> [NewDelivery] {
        hooks.filter { !disabled.contains($0) }.map { NewDelivery(hook: $0, kind: "generic", body: event.rawValue) }
    }
}

/// The error that `body` ends with, where it is the worker's.
package func failure<Value>(of body: () throws -> Value) -> WorkerError? {
    do {
        _ = try body()
        return nil
    } catch {
        return error as? WorkerError
    }
}

extension JobSummary {
    /// Of a job with one slice that went well.
    package static let example = JobSummary(
        slices: [
            JobSummary.Slice(
                name: "all", rows: 500, base: .init(loss: 1, accuracy: 0.803), adapter: .init(accuracy: 0.893))
        ], parityPassed: true, steps: 150, wallSeconds: 12, tokensPerSecond: 2_345)
}
