import Foundation
import Glibc
import LedgerSupport
import Synchronization
import TestSupport
import Testing
import Webhooks
import Worker

@Suite("watch")
struct WatchTests {
    @Test("--once drains the inbox, one job at a time in the order of arrival, and ends")
    func drains() throws {
        let bench = try WorkerBench()
        try bench.submit(["a": "succeed", "b": "fail", "c": "succeed"])
        let runner = FakeRunner()
        let result = try bench.watchOnce(runner)
        #expect(result.ended == [.succeeded: 2, .failed: 1])
        #expect(runner.mostAtOnce == 1)
        #expect(runner.requests.map(\.manifestText) == ["succeed\n# a", "fail\n# b", "succeed\n# c"])
        #expect(try bench.folder.names("inbox").isEmpty)
        #expect(try bench.worker().jobs().map(\.name) == ["c", "b", "a"])
        #expect(try bench.worker().status("b").job.reason == "loss is NaN at step 7")
    }

    @Test(
        "Whatever stands in a manifest's name, the log has one line for it, and no character that turns its direction")
    func names() throws {
        let bench = try WorkerBench()
        try bench.folder.write("refuse", to: "inbox/new\nline.yaml")
        try bench.folder.write("succeed", to: "inbox/tab\there\u{1B}[31m.yaml")
        try bench.folder.write("succeed ", to: "inbox/\u{202E}gpj.yaml")
        let latin = Array((bench.folder.path + "/inbox/latin-").utf8) + [0xE9] + Array(".yaml\0".utf8)
        close(latin.withUnsafeBytes { open($0.bindMemory(to: CChar.self).baseAddress!, O_CREAT | O_WRONLY, 0o644) })
        #expect(try bench.watchOnce().ended == [.rejected: 1, .succeeded: 2])
        for line in bench.log {
            #expect(!line.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E }, "\(line.debugDescription)")
        }
        #expect(bench.log.contains { $0.contains("new line.yaml rejected") })
        let latinLines = bench.log.filter { $0.contains("latin-\u{FFFD}.yaml\" is not UTF-8") }
        #expect(latinLines.count == 1)
        let rejected = try #require(try bench.ledger().jobs().first { $0.state == .rejected })
        #expect(rejected.reason?.split(separator: "\n").allSatisfy { $0.hasPrefix("new line.yaml:") } == true)
    }

    @Test("It says where it works, and when a job begins, passes a stage and ends, with its folder")
    func told() throws {
        let heard = Mutex<[String]>([])
        let bench = try WorkerBench {
            $0.hear = { job, report in heard.withLock { $0.append("\(job.name) \(report)") } }
        }
        try bench.submit(["a": "succeed", "b": "fail"])
        #expect(try bench.watchOnce().ended == [.succeeded: 1, .failed: 1])
        let jobs = try bench.worker().jobs()
        let (b, a) = (jobs[0].id, jobs[1].id)
        let folders = try bench.folders
        #expect(bench.log[0].hasPrefix("takes manifests from \(folders.inbox), publishes to \(folders.outbox), "))
        #expect(
            bench.log.filter { $0.contains(a) } == [
                "job \(a): a.yaml queued as a", "job \(a): a started; its log is \(folders.log(a))",
                "job \(a): train done", "job \(a): a succeeded: /outbox/\(a)",
            ])
        #expect(
            bench.log.filter { $0.contains(b) } == [
                "job \(b): b.yaml queued as b", "job \(b): b started; its log is \(folders.log(b))",
                "job \(b): train done",
                "job \(b): b failed: loss is NaN at step 7",
            ])
        let told = heard.withLock { $0.filter { $0.hasPrefix("a ") } }
        #expect(told.count == 4 && told[1].contains("progress") && told[3].contains("ended"), "\(told)")
    }

    @Test("A manifest dropped while the worker waits is run")
    func whileWaiting() throws {
        let bench = try WorkerBench()
        let runner = FakeRunner()
        let result = try bench.whileWatching(runner) {
            try bench.submit(["a": "succeed"])
            #expect(try eventually { try bench.ledger().jobs().first?.state == .succeeded })
        }
        #expect(result.wasStopped)
        #expect(result.ended == [.succeeded: 1])
    }

    @Test("A stop interrupts the running job; the next worker goes on with it as attempt 2 in the same work folder")
    func stopAndResume() throws {
        let bench = try WorkerBench()
        try bench.submit(["a": "wait"])
        let runner = FakeRunner()
        let result = try bench.whileWatching(runner) {
            #expect(eventually { !runner.requests.isEmpty })
        }
        #expect(result.ended == [.interrupted: 1])
        #expect(try bench.worker().status("a").job.state == .interrupted)
        #expect(try bench.watchOnce(runner).ended == [.succeeded: 1])
        #expect(runner.requests.map(\.attempt) == [1, 2])
        #expect(Set(runner.requests.map(\.workFolder)).count == 1)
        #expect(try bench.worker().status("a").stages.map(\.state) == [.running, .finished])
    }

    @Test("A running job is cancelled from another process's ledger")
    func cancel() throws {
        let bench = try WorkerBench()
        try bench.submit(["a": "wait"])
        let runner = FakeRunner()
        let result = try bench.whileWatching(runner) {
            #expect(eventually { !runner.requests.isEmpty })
            _ = try bench.worker().cancel("a")
            #expect(try eventually { try bench.ledger().jobs().first?.state == .cancelled })
        }
        #expect(result.ended == [.cancelled: 1])
    }

    @Test("A failed job is retried with the manifest it was admitted with")
    func retry() throws {
        let bench = try WorkerBench()
        try bench.submit(["a": "fail"])
        let runner = FakeRunner()
        try bench.watchOnce(runner)
        _ = try bench.worker().retry("a")
        try bench.watchOnce(runner)
        #expect(runner.requests.map(\.manifestText) == ["fail\n# a", "fail\n# a"])
        #expect(runner.requests.map(\.attempt) == [1, 2])
    }

    @Test("A second worker on the same folders is refused, and told who holds them")
    func locked() throws {
        let bench = try WorkerBench()
        let runner = FakeRunner()
        _ = try bench.whileWatching(runner) {
            #expect(eventually { FileManager.default.fileExists(atPath: bench.folder.path + "/state/ledger.sqlite") })
            let refusal = failure { try bench.watchOnce() }
            #expect(refusal?.code == .locked)
            #expect(refusal?.message.contains("process id \(getpid())") == true)
        }
        _ = try bench.watchOnce()
    }

    @Test("A job that a dead worker left running is run again")
    func deadWorker() throws {
        let bench = try WorkerBench()
        try bench.submit(["a": "fail"])
        try bench.watchOnce()
        let ledger = try bench.ledger()
        let announcer = Announcer(hooks: [])
        _ = try ledger.retry(try bench.worker().status("a").job.id, announcer: announcer)
        _ = try ledger.takeNext(worker: LedgerBench().deadWorker, announcer: announcer)
        let runner = FakeRunner()
        #expect(try bench.watchOnce(runner).ended == [.failed: 1])
        #expect(runner.requests.map(\.attempt) == [3])
        #expect(bench.log.contains { $0.contains("its worker died") })
    }

    @Test("A manifest that was claimed and not admitted before a crash is admitted at the next start")
    func leftover() throws {
        let bench = try WorkerBench()
        try bench.submit(["a": "succeed"])
        let claim = try #require(try Claim.take("a.yaml", folders: try bench.folders))
        #expect(try bench.watchOnce().ended == [.succeeded: 1])
        #expect(try bench.worker().status("a").job.id == claim.job)
        #expect(try bench.folder.names("state/claimed").isEmpty)
    }

    @Test("Hidden, temporary and other names are left where they are")
    func leftAlone() throws {
        let bench = try WorkerBench()
        for name in [".a.yaml", "a.yaml.part", "notes.txt"] { try bench.folder.write("succeed", to: "inbox/" + name) }
        #expect(try bench.watchOnce().ended.isEmpty)
        #expect(try bench.folder.names("inbox") == [".a.yaml", "a.yaml.part", "notes.txt"])
    }

    @Test("The job's log holds its stages and its end, and can be read to the end")
    func logs() throws {
        let bench = try WorkerBench()
        try bench.submit(["a": "fail"])
        try bench.watchOnce()
        var text = ""
        try bench.worker().logs("a", follow: true) { text += $0 }
        #expect(text.contains("stage train started: 1 step"))
        #expect(text.contains("failed: loss is NaN at step 7"))
        #expect(text.hasSuffix("\n"))
    }
}
