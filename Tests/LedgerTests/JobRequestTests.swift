import JobReports
import Ledger
import LedgerSupport
import OperatingSystem
import Testing

@Suite("Cancel and retry")
struct JobRequestTests {
    @Test("A waiting job is cancelled at once, and not taken")
    func cancelQueued() throws {
        let bench = try LedgerBench()
        try bench.admit("a")
        #expect(try bench.ledger.requestCancel("a").state == .cancelled)
        #expect(try bench.take() == nil)
    }

    @Test("A running job is flagged for its worker and goes on running")
    func cancelRunning() throws {
        let bench = try LedgerBench()
        try bench.admit("a")
        _ = try bench.take()
        #expect(try bench.ledger.requestCancel("a").state == .running)
        #expect(try bench.ledger.isCancelRequested("a"))
    }

    @Test("A job that has ended cannot be cancelled", arguments: [JobState.succeeded, .failed, .cancelled])
    func cancelEnded(state: JobState) throws {
        let bench = try LedgerBench()
        try bench.admit("a")
        try bench.finish(try #require(try bench.take()), JobEnding(state))
        #expect(failure { try bench.ledger.requestCancel("a") }?.code == .wrongState)
    }

    @Test("A failed job is retried as the next attempt, its reason forgotten")
    func retry() throws {
        let bench = try LedgerBench()
        try bench.admit("a")
        try bench.finish(try #require(try bench.take()), JobEnding(.failed, reason: "NaN"))
        let job = try bench.ledger.retry("a", announcer: bench.announcer)
        #expect(job.state == .queued)
        #expect(job.reason == nil)
        #expect(try bench.take()?.attempt == 2)
    }

    @Test("A job that succeeded, waits or runs is not retried")
    func retryWrong() throws {
        let bench = try LedgerBench()
        try bench.admit("a")
        #expect(failure { try bench.ledger.retry("a", announcer: bench.announcer) }?.code == .wrongState)
        let job = try #require(try bench.take())
        #expect(failure { try bench.ledger.retry("a", announcer: bench.announcer) }?.code == .wrongState)
        try bench.finish(job, JobEnding(.succeeded))
        #expect(failure { try bench.ledger.retry("a", announcer: bench.announcer) }?.code == .wrongState)
    }
}

@Suite("Recovery")
struct RecoveryTests {
    @Test("A job whose worker died at another boot is queued again")
    func otherBoot() throws {
        let bench = try LedgerBench()
        try bench.admit("a")
        _ = try bench.take(as: bench.deadWorker)
        #expect(try bench.recover() == report { $0.rescued = ["a"] })
        let job = try #require(try bench.take())
        #expect((job.attempt, job.crashes) == (2, 1))
    }

    @Test("A process id that was given to another process is a dead worker")
    func reusedPID() throws {
        let bench = try LedgerBench()
        let real = bench.worker
        let dead = ProcessIdentity(pid: real.pid, startTicks: real.startTicks + 1, bootID: real.bootID)
        #expect(!dead.isAlive)
        #expect(real.isAlive)
        try bench.admit("a")
        _ = try bench.take(as: dead)
        #expect(try bench.recover().rescued == ["a"])
    }

    @Test("A job of a live process is left alone")
    func live() throws {
        let bench = try LedgerBench()
        try bench.admit("a")
        _ = try bench.take()
        #expect(try bench.recover() == report { $0.held = ["a"] })
        #expect(try bench.ledger.job("a").state == .running)
    }

    @Test(
        "A running job is put back in the queue only once its execution is proved dead",
        arguments: [Liveness.alive, .unknown, .dead])
    func unproved(liveness: Liveness) throws {
        let bench = try LedgerBench()
        try bench.admit("a")
        _ = try bench.take(as: bench.deadWorker)
        let execution = Execution(executor: "elsewhere", handle: "node-7/42")
        try bench.ledger.executionStarted(execution, job: "a", attempt: 1)
        #expect(try bench.ledger.job("a").execution == execution)
        let orphans = try bench.ledger.orphans()
        #expect(orphans.map(\.execution) == [execution])
        let found = try bench.ledger.recover(maximumCrashes: 3, announcer: bench.announcer) {
            $0 == execution ? liveness : .dead
        }
        #expect(found == report { liveness == .dead ? ($0.rescued = ["a"]) : ($0.held = ["a"]) })
        #expect(try bench.ledger.job("a").state == (liveness == .dead ? .queued : .running))
    }

    @Test("An interrupted job is queued again without counting a crash")
    func interrupted() throws {
        let bench = try LedgerBench()
        try bench.admit("a")
        try bench.finish(try #require(try bench.take()), JobEnding(.interrupted))
        #expect(try bench.recover() == report { $0.resumed = ["a"] })
        #expect(try bench.take()?.crashes == 0)
    }

    @Test("A job that took its worker down too often fails, and a retry starts the count again")
    func crashLoop() throws {
        let bench = try LedgerBench()
        try bench.admit("a")
        for _ in 1...2 {
            _ = try bench.take(as: bench.deadWorker)
            #expect(try bench.recover(maximumCrashes: 3).rescued == ["a"])
        }
        _ = try bench.take(as: bench.deadWorker)
        #expect(try bench.recover(maximumCrashes: 3).abandoned == ["a"])
        #expect(try bench.ledger.job("a").reason == "The worker died 3 times while it ran this job.")
        #expect(try bench.ledger.retry("a", announcer: bench.announcer).crashes == 0)
    }

    @Test("A job whose worker died before it saw the cancel request is cancelled")
    func cancelled() throws {
        let bench = try LedgerBench()
        try bench.admit("a")
        _ = try bench.take(as: bench.deadWorker)
        _ = try bench.ledger.requestCancel("a")
        #expect(try bench.recover() == report { _ in })
        #expect(try bench.ledger.job("a").state == .cancelled)
    }

    private func report(_ change: (inout RecoveryReport) -> Void) -> RecoveryReport {
        var report = RecoveryReport()
        change(&report)
        return report
    }
}
