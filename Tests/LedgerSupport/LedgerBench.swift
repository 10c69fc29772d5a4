import Foundation
import Worker

/// A ledger in a folder of its own, and the shortest way to a job in it.
struct LedgerBench {
    let folder: TemporaryFolder
    let ledger: Ledger
    var announcer: Announcer
    let worker: ProcessIdentity

    init(hooks: [Hook] = [], inMemory: Bool = false) throws {
        let folder = try TemporaryFolder(inMemory: inMemory)
        self.folder = folder
        let path = folder.path
        ledger = try Ledger(path: path + "/ledger.sqlite") { path + "/" + $0 + ".log" }
        announcer = Announcer(hooks: hooks)
        worker = try ProcessIdentity.current()
    }

    @discardableResult
    func admit(_ id: String, name: String = "sentiment", mistakes: [String]? = nil) throws -> JobRecord {
        var job = NewJob(
            id: id, name: name, manifestFile: name + ".yaml", manifestText: "name: \(name)", manifestSHA256: "00")
        job.mistakes = mistakes
        return try ledger.admit(job, announcer: announcer)
    }

    func take(as identity: ProcessIdentity? = nil) throws -> JobRecord? {
        try ledger.takeNext(worker: identity ?? worker, announcer: announcer)
    }

    @discardableResult
    func finish(_ job: JobRecord, _ ending: JobEnding) throws -> JobRecord {
        try ledger.finish(job.id, attempt: job.attempt, as: ending, announcer: announcer)
    }

    func recover(maximumCrashes: Int = 3) throws -> RecoveryReport {
        try ledger.recover(maximumCrashes: maximumCrashes, announcer: announcer)
    }

    /// A worker that cannot be alive: this process's id, at another boot.
    var deadWorker: ProcessIdentity { ProcessIdentity(pid: worker.pid, startTicks: worker.startTicks, bootID: "gone") }
}

func failure<Value>(of body: () throws -> Value) -> WorkerError? {
    do {
        _ = try body()
        return nil
    } catch {
        return error as? WorkerError
    }
}
