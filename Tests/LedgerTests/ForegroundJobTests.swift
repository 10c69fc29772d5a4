import Foundation
import Ledger
import LedgerSupport
import OperatingSystem
import Testing

@Suite("Runs in the foreground, in the ledger")
struct ForegroundJobTests {
    private func new(_ id: String, sha256: String = "aa") -> NewJob {
        var job = NewJob(
            id: id, name: "tiny", manifestFile: "job.yaml", manifestText: "name: tiny", manifestSHA256: sha256)
        job.owner = 7
        return job
    }

    @Test("One begins as a running job, of which nobody is told and which no worker takes, rescues or counts")
    func begins() throws {
        let bench = try LedgerBench(announcer: Told(hooks: ["chat"]))
        let job = try bench.ledger.begin(inForeground: new("a"), process: bench.worker)
        #expect(job.id == "a" && job.state == .running && job.attempt == 1 && job.isForeground)
        #expect(job.worker == bench.worker && job.startedAt != nil)
        #expect(try bench.ledger.deliveries().isEmpty)
        #expect(try bench.take() == nil)
        #expect(try bench.ledger.waiting().ready == 0)

        // Its owner may have as many jobs of a worker's at a time as without it.
        var queued = new("b", sha256: "bb")
        queued.name = "other"
        _ = try bench.ledger.admit(queued, announcer: bench.announcer)
        let taken = try bench.ledger.takeNext(worker: bench.worker, announcer: bench.announcer) { _ in 1 }
        #expect(taken?.id == "b")
    }

    @Test("One whose process lives is left alone; one whose process died is interrupted, not queued")
    func dies() throws {
        let bench = try LedgerBench()
        _ = try bench.ledger.begin(inForeground: new("a"), process: bench.worker)
        #expect(try bench.ledger.interruptDeadRuns().isEmpty)
        let other = try LedgerBench()
        _ = try other.ledger.begin(inForeground: new("a"), process: other.deadWorker)
        #expect(try other.recover() == RecoveryReport())
        #expect(try other.ledger.job("a").state == .running)
        let ended = try other.ledger.interruptDeadRuns()
        #expect(ended.map(\.id) == ["a"] && ended.map(\.state) == [.interrupted])
        // Nor does a worker go on with it that starts now.
        #expect(try other.recover() == RecoveryReport())
        #expect(try other.take() == nil)
        #expect(try other.ledger.interruptDeadRuns().isEmpty)
    }

    @Test("One that was published before its process died has ended so; one that somebody cancelled is cancelled")
    func deadEnds() throws {
        let bench = try LedgerBench()
        _ = try bench.ledger.begin(inForeground: new("a"), process: bench.deadWorker)
        _ = try bench.ledger.begin(inForeground: new("b", sha256: "bb"), process: bench.deadWorker)
        _ = try bench.ledger.requestCancel("b")
        let ended = try bench.ledger.interruptDeadRuns { job in
            job == "a" ? .ended(JobEnding(.succeeded, runFolder: "/run", summary: .example)) : .none
        }
        #expect(ended.map(\.state) == [.succeeded, .cancelled])
        #expect(ended.first?.runFolder == "/run")
    }

    @Test("The same content goes on with the one that was cut off, as its next attempt; other content is another job")
    func goesOn() throws {
        let bench = try LedgerBench()
        let first = try bench.ledger.begin(inForeground: new("a"), process: bench.worker)
        _ = try bench.ledger.finish(
            "a", attempt: first.attempt, as: JobEnding(.interrupted), announcer: NobodyTold())
        #expect(try bench.ledger.begin(inForeground: new("b", sha256: "bb"), process: bench.worker).id == "b")
        let again = try bench.ledger.begin(inForeground: new("c"), process: bench.worker)
        #expect(again.id == "a" && again.attempt == 2 && again.state == .running)
        _ = try bench.ledger.finish("a", attempt: 2, as: JobEnding(.failed, reason: "r"), announcer: NobodyTold())
        #expect(try bench.ledger.begin(inForeground: new("d"), process: bench.worker).id == "d")
    }

    @Test("A retry hands one that was cut off to a worker")
    func retried() throws {
        let bench = try LedgerBench()
        let job = try bench.ledger.begin(inForeground: new("a"), process: bench.worker)
        #expect(failure { try bench.ledger.retry("a", announcer: bench.announcer) }?.code == .wrongState)
        _ = try bench.ledger.finish("a", attempt: job.attempt, as: JobEnding(.interrupted), announcer: NobodyTold())
        #expect(try bench.ledger.retry("a", announcer: bench.announcer).isForeground == false)
        #expect(try bench.take()?.attempt == 2)
    }

    @Test("A job is found by its name and its stamp, and by its name alone")
    func stamps() throws {
        let bench = try LedgerBench()
        for (id, stamp) in [("a", "20261124t0200z"), ("b", "20261125t0200z")] {
            var job = new(id, sha256: id)
            job.stamp = stamp
            _ = try bench.ledger.admit(job, announcer: bench.announcer)
        }
        #expect(try bench.ledger.resolve("tiny-20261124t0200z").id == "a")
        #expect(try bench.ledger.resolve("tiny").id == "b")
        #expect(try bench.ledger.job("a").stamp == "20261124t0200z")
    }
}
