import Foundation
import JobReports
import Ledger
import LedgerSupport
import Manifests
import OperatingSystem
import TestSupport
import Testing
import Webhooks
import Worker

@Suite("Queue")
struct QueueTests {
    @Test("The highest priority goes first; within one, the oldest")
    func priority() throws {
        let bench = try LedgerBench()
        for (id, priority) in [("a", 0), ("b", 5), ("c", -1), ("d", 5)] {
            var job = NewJob(id: id, name: id, manifestFile: "a.yaml", manifestText: id, manifestSHA256: id)
            job.priority = priority
            _ = try bench.ledger.admit(job, announcer: bench.announcer)
        }
        #expect(try (0..<4).map { _ in try bench.take()?.id } == ["b", "d", "a", "c"])
    }

    @Test("A paused queue starts nothing, over a new opening of the ledger too, until it is resumed")
    func pause() throws {
        let bench = try LedgerBench()
        try bench.admit("a")
        try bench.ledger.pause(now: Date(timeIntervalSince1970: 1_000))
        try bench.ledger.pause()
        let other = try Ledger(path: bench.folder.path + "/ledger.sqlite") { $0 }
        #expect(try other.pausedSince() == Date(timeIntervalSince1970: 1_000))
        #expect(try bench.take() == nil)
        try other.resume()
        #expect(try bench.ledger.pausedSince() == nil)
        #expect(try bench.take()?.id == "a")
    }

    @Test("A postponed job waits for its time and remembers why; others go on")
    func postponed() throws {
        let bench = try LedgerBench()
        try bench.admit("a")
        try bench.admit("b")
        let job = try #require(try bench.take())
        let record = try bench.ledger.postpone("a", attempt: job.attempt, reason: "disk full", until: Date() + 100)
        #expect((record.state, record.retries, record.reason) == (.queued, 1, "disk full"))
        #expect(try bench.take()?.id == "b")
        #expect(try bench.take() == nil)
        #expect(try bench.ledger.waiting() == (0, 1))
        let later = try bench.ledger.takeNext(worker: bench.worker, announcer: bench.announcer, now: Date() + 101)
        #expect((later?.id, later?.attempt) == ("a", 2))
    }

    @Test("An older attempt may not publish, tell of itself or postpone; a cancelled one may not publish")
    func fencing() throws {
        let bench = try LedgerBench()
        try bench.admit("a")
        _ = try bench.take(as: bench.deadWorker)
        #expect(try bench.ledger.mayPublish(job: "a", attempt: 1))
        #expect(try bench.recover().rescued == ["a"])
        _ = try bench.take()
        #expect(try !bench.ledger.mayPublish(job: "a", attempt: 1))
        #expect(failure { try bench.ledger.heartbeat(job: "a", attempt: 1, memory: 1) }?.code == .fenced)
        #expect(failure { try bench.ledger.executionStarted(bench.execution, job: "a", attempt: 1) }?.code == .fenced)
        #expect(failure { try bench.ledger.postpone("a", attempt: 1, reason: "", until: Date()) }?.code == .fenced)
        #expect(try bench.ledger.mayPublish(job: "a", attempt: 2))
        _ = try bench.ledger.requestCancel("a")
        #expect(try !bench.ledger.mayPublish(job: "a", attempt: 2))
    }

    @Test("A heartbeat is kept with the memory in use, and is gone with the attempt")
    func heartbeat() throws {
        let bench = try LedgerBench()
        try bench.admit("a")
        let job = try #require(try bench.take())
        try bench.ledger.executionStarted(bench.execution, job: "a", attempt: 1)
        let time = Date(timeIntervalSince1970: 2_000)
        try bench.ledger.heartbeat(job: "a", attempt: 1, memory: 123, now: time)
        let beating = try bench.ledger.job("a")
        #expect((beating.execution, beating.heartbeatAt, beating.memoryBytes) == (bench.execution, time, 123))
        try bench.finish(job, JobEnding(.succeeded))
        #expect(try bench.ledger.job("a").execution == nil)
    }

    @Test("Waits grow fourfold up to the longest, with a quarter of chance, and end after the last retry")
    func waits() {
        var settings = JobsConfiguration()
        settings.retries = 4
        settings.retryWait = 10
        settings.longestRetryWait = 200
        let retries = JobRetries(settings)
        #expect((0..<5).map { retries.wait(after: $0, random: 0) } == [10, 40, 160, 200, nil])
        #expect(retries.wait(after: 0, random: 1) == 12.5)
        settings.retries = 10_000
        #expect(JobRetries(settings).wait(after: 9_999, random: 0) == 200)
    }
}

@Suite("Faults of a worker's jobs")
struct FaultTests {
    private func bench(retries: Int) throws -> WorkerBench {
        try WorkerBench {
            $0.jobs.retries = retries
            $0.jobs.retryWait = 0
        }
    }

    @Test("A fault that passes is retried until the job succeeds")
    func passes() throws {
        let bench = try bench(retries: 5)
        try bench.submit(["a": "fault 2"])
        let runner = FakeRunner()
        #expect(try bench.watchOnce(runner).ended == [.succeeded: 1])
        #expect(runner.requests.map(\.attempt) == [1, 2, 3])
        #expect(try bench.worker().status("a").job.retries == 2)
    }

    @Test("A fault that stays fails the job after the last retry, and says so")
    func stays() throws {
        let bench = try bench(retries: 2)
        try bench.submit(["a": "fault 9"])
        #expect(try bench.watchOnce().ended == [.failed: 1])
        let job = try bench.worker().status("a").job
        #expect((job.attempt, job.reason) == (3, "The disk is full. Given up after 2 retries."))
    }

    @Test("A job that crashes twice in the same way is not tried a third time; one that crashes otherwise each time is")
    func crashes() throws {
        let bench = try bench(retries: 5)
        try bench.submit(["a": "crash", "b": "odd crash"])
        let runner = FakeRunner()
        #expect(try bench.watchOnce(runner).ended == [.failed: 2])
        let (same, odd) = (try bench.worker().status("a").job, try bench.worker().status("b").job)
        #expect(same.attempt == 2)
        #expect(same.reason == "It was ended by signal 6. The attempt before ended in the same way.")
        #expect((odd.attempt, odd.reason) == (6, "It was ended by signal 6 at 6. Given up after 5 retries."))
    }

    @Test("A job that failed by itself, or was rejected, is not retried")
    func permanent() throws {
        let bench = try bench(retries: 5)
        try bench.submit(["a": "fail", "b": "reject"])
        let runner = FakeRunner()
        #expect(try bench.watchOnce(runner).ended == [.failed: 1, .rejected: 1])
        #expect(runner.requests.map(\.attempt) == [1, 1])
    }

    @Test("--once leaves a job that waits for its retry to the next worker")
    func delayed() throws {
        let bench = try WorkerBench { $0.jobs.retryWait = 1_000 }
        try bench.submit(["a": "fault 1"])
        let result = try bench.watchOnce()
        #expect((result.ended.isEmpty, result.delayed) == (true, 1))
        #expect(try bench.worker().status("a").job.state == .queued)
    }

    @Test("--once ends where the queue is paused or a disk has too little room, and says why")
    func obstacles() throws {
        let bench = try WorkerBench()
        try bench.submit(["a": "succeed"])
        try bench.worker().pause()
        #expect(try bench.watchOnce().obstacle?.contains("paused") == true)
        try bench.worker().resume()
        let full = try WorkerBench { $0.limits.freeDiskMiB = 1 << 40 }
        try full.submit(["a": "succeed"])
        #expect(try full.watchOnce().obstacle?.contains("limits.free_disk_mib") == true)
        #expect(try bench.watchOnce().ended == [.succeeded: 1])
    }

    @Test("While the outbox is not the one the worker started with no job is started; once it is back they are")
    func outboxGone() throws {
        let bench = try WorkerBench()
        let runner = FakeRunner()
        let (outbox, aside) = (bench.folder.path + "/outbox", bench.folder.path + "/aside")
        let result = try bench.whileWatching(runner) {
            try startedUp(bench)
            try FileManager.default.moveItem(atPath: outbox, toPath: aside)
            try FileManager.default.createDirectory(atPath: outbox, withIntermediateDirectories: false)
            // Not by the bench's `worker()`, which makes the folders it needs.
            try bench.folder.write("succeed", to: "inbox/a.yaml")
            #expect(eventually { bench.log.contains { $0.contains("may not be mounted") } })
            #expect(runner.requests.count == 1)
            #expect(try FileManager.default.contentsOfDirectory(atPath: outbox).isEmpty)
            try FileManager.default.removeItem(atPath: outbox)
            try FileManager.default.moveItem(atPath: aside, toPath: outbox)
            #expect(eventually { runner.requests.count == 2 })
        }
        #expect(result.ended == [.succeeded: 2])
    }

    /// Waits until the worker has seen a first job through.
    private func startedUp(_ bench: WorkerBench) throws {
        try bench.submit(["first": "succeed"])
        try #require(eventually { bench.log.contains { $0.contains("first succeeded") } })
    }

    @Test("Jobs run as many at a time as configured, and no more")
    func atOnce() throws {
        let bench = try WorkerBench { $0.jobs.atOnce = 3 }
        try bench.submit(["a": "wait", "b": "wait", "c": "wait", "d": "wait"])
        let runner = FakeRunner()
        let result = try bench.whileWatching(runner) {
            #expect(eventually { runner.mostAtOnce == 3 })
        }
        #expect(runner.mostAtOnce == 3)
        #expect(result.ended == [.interrupted: 3])
    }

    @Test("A process that outlived its worker is ended before the job runs again")
    func orphan() throws {
        let bench = try WorkerBench()
        try bench.submit(["a": "fail"])
        try bench.watchOnce()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sleep")
        process.arguments = ["600"]
        try process.run()
        let identity = try #require(ProcessIdentity.of(pid: process.processIdentifier))
        let ledger = try bench.ledger()
        let announcer = Announcer(hooks: [])
        let job = try bench.worker().retry("a")
        _ = try ledger.takeNext(
            worker: ProcessIdentity(pid: identity.pid, startTicks: 1, bootID: identity.bootID), announcer: announcer)
        try ledger.executionStarted(Execution(executor: "process", process: identity), job: job.id, attempt: 2)
        #expect(try bench.watchOnce().ended == [.failed: 1])
        #expect(!identity.isAlive)
        #expect(bench.log.contains { $0.contains("outlived its worker and was ended") })
    }

    @Test("A state folder that is moved away ends the worker: its lock would keep nobody off any more")
    func stateGone() throws {
        let bench = try WorkerBench()
        let stop = try StopRequest()
        let worker = try bench.worker()
        let done = DispatchSemaphore(value: 0)
        nonisolated(unsafe) var code: WorkerError.Code?
        Thread {
            code = failure { try worker.watch(tools: FakeRunner().tools, once: false, stop: stop) }?.code
            done.signal()
        }.start()
        try startedUp(bench)
        try FileManager.default.moveItem(atPath: bench.folder.path + "/state", toPath: bench.folder.path + "/gone")
        // Wakes the worker, as any event does.
        try bench.folder.write("x", to: "inbox/.hidden")
        defer { stop.request() }
        #expect(done.wait(timeout: .now() + 30) == .success)
        #expect(code == .missing)
    }

    @Test("A job whose process was asked to end by somebody else is tried again, not left for the next worker")
    func askedByAnother() throws {
        let bench = try WorkerBench { $0.jobs.retryWait = 0.05 }
        try bench.submit(["a": "leave"])
        let runner = FakeRunner()
        let ledger = try bench.ledger()
        _ = try bench.whileWatching(runner) {
            let hasSucceeded = try eventually { try ledger.jobs().first?.state == .succeeded }
            #expect(hasSucceeded)
        }
        #expect(runner.requests.map(\.attempt) == [1, 2])
        #expect(try ledger.jobs()[0].retries == 1)
        #expect(bench.log.contains { $0.contains("somebody other than this worker") })
    }

    @Test("A job stopped because its log takes no line is tried again by the same worker, not left for the next")
    func unrecordable() throws {
        let bench = try WorkerBench { $0.jobs.retryWait = 3_600 }
        try bench.submit(["a": "wait"])
        try bench.worker().pause()
        try bench.watchOnce()
        try bench.worker().resume()
        let job = try #require(try bench.ledger().jobs().first)
        let folder = try bench.folders.work(job.id)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // A full pipe takes no more than a full disk does.
        let full = try FullPipe(folder + "/log")
        defer { full.remove() }
        #expect(try bench.watchOnce().delayed == 1)
        let after = try bench.ledger().job(job.id)
        #expect(after.state == .queued && after.retries == 1)
    }

    /// A named pipe that is open and full.
    private struct FullPipe {
        let path: String
        let descriptor: Int32

        init(_ path: String) throws {
            self.path = path
            try #require(mkfifo(path, 0o600) == 0)
            descriptor = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)
            try #require(descriptor >= 0)
            let page = [UInt8](repeating: 0, count: 4_096)
            while write(descriptor, page, page.count) > 0 {}
            try #require(errno == EAGAIN)
        }

        func remove() {
            close(descriptor)
            unlink(path)
        }
    }

    @Test("A cancel request that nobody has passed on yet when the job asks to publish is not lost")
    func lateCancel() throws {
        let bench = try WorkerBench()
        try bench.submit(["a": "succeed"])
        let ledger = try bench.ledger()
        let runner = FakeRunner(asksFirst: true) { _ in .failed(reason: "may publish", runFolder: nil, summary: nil) }
        runner.beforeAsking { _ = try? ledger.requestCancel($0) }
        try bench.watchOnce(runner)
        #expect(try ledger.jobs().map(\.state) == [.cancelled])
    }

    @Test("A job that a process still holds is left alone, and goes on once that has ended, without a restart")
    func held() throws {
        let bench = try WorkerBench { $0.scanEvery = 0.5 }
        try bench.submit(["a": "succeed"])
        try bench.worker().pause()
        try bench.watchOnce()
        try bench.worker().resume()
        // A worker that nobody may end: it is alive, and holds the job.
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sleep")
        process.arguments = ["600"]
        try process.run()
        let ledger = try bench.ledger()
        let holder = try #require(ProcessIdentity.of(pid: process.processIdentifier))
        let job = try #require(try ledger.takeNext(worker: holder, announcer: Announcer(hooks: [])))
        _ = try bench.whileWatching(FakeRunner()) {
            #expect(eventually { bench.log.contains { $0.contains("is still held by a live process") } })
            let state = try ledger.job(job.id).state
            #expect(state == .running)
            // Not terminate(): a child may inherit that SIGTERM is ignored.
            kill(process.processIdentifier, SIGKILL)
            let hasSucceeded = try eventually(within: 30) { try ledger.job(job.id).state == .succeeded }
            #expect(hasSucceeded)
        }
        #expect(bench.log.contains { $0.contains("its worker died; queued again") })
        #expect(bench.log.count { $0.contains("is still held") } == 1)
    }

    @Test("A retry that waits longer than any wait lasts is due: the clock was set back")
    func clockSetBack() throws {
        let bench = try LedgerBench()
        try bench.admit("a")
        let job = try #require(try bench.take())
        let now = Date()
        _ = try bench.ledger.postpone("a", attempt: job.attempt, reason: "full", until: now + 60)
        func take(_ now: Date) throws -> JobRecord? {
            try bench.ledger.takeNext(worker: bench.worker, announcer: bench.announcer, longestWait: 100, now: now)
        }
        #expect(try take(now) == nil)
        #expect(try take(now - 39) == nil)
        #expect(try take(now - 365 * 86_400)?.id == "a")
    }
}
