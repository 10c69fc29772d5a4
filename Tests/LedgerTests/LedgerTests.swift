import Foundation
import GRDB
import JobReports
import Ledger
import LedgerSupport
import Synchronization
import Testing

@Suite("Ledger")
struct LedgerTests {
    @Test("A new ledger that many open at once is made once, and all of them have it")
    func openedAtOnce() throws {
        for _ in 0..<20 {
            let folder = try ScratchFolder()
            let failures = Mutex<[String]>([])
            DispatchQueue.concurrentPerform(iterations: 8) { _ in
                do {
                    let ledger = try Ledger(path: folder.path + "/ledger.sqlite", logPath: { $0 })
                    _ = try ledger.jobs()
                } catch {
                    failures.withLock { $0.append("\(error)") }
                }
            }
            #expect(failures.withLock { $0 } == [])
        }
    }

    @Test("synchronous reads FULL and the journal is the write-ahead log after opening")
    func durability() throws {
        let bench = try LedgerBench()
        #expect(try bench.ledger.synchronousLevel() == 2)
        let queue = try DatabaseQueue(path: bench.folder.path + "/ledger.sqlite")
        #expect(try queue.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "wal")
    }

    @Test("Every table is STRICT")
    func strict() throws {
        let bench = try LedgerBench()
        try bench.admit("a")
        let queue = try DatabaseQueue(path: bench.folder.path + "/ledger.sqlite")
        let tables = try queue.read {
            try Row.fetchAll($0, sql: "PRAGMA table_list").filter { $0["schema"] == "main" && $0["type"] == "table" }
        }
        let loose = tables.filter { $0["strict"] == 0 }.map { $0["name"] as String }
        #expect(Set(loose).isSubset(of: ["sqlite_schema", "sqlite_sequence", "grdb_migrations"]))
        #expect(tables.count >= 4)
    }

    @Test("A file that is not a database is refused and left as it is")
    func damaged() throws {
        let folder = try ScratchFolder()
        try folder.write(String(repeating: "not a database ", count: 100), to: "ledger.sqlite")
        #expect(failure { try Ledger(path: folder.path + "/ledger.sqlite") { $0 } }?.code == .ledgerRefused)
        #expect(try folder.read("ledger.sqlite").hasPrefix("not a database"))
    }

    @Test("The oldest queued job is taken first, and each start counts an attempt")
    func order() throws {
        let bench = try LedgerBench()
        try bench.admit("b")
        try bench.admit("a")
        let first = try #require(try bench.take())
        #expect(first.id == "b")
        #expect(first.state == .running)
        #expect(first.attempt == 1)
        #expect(first.worker == bench.worker)
        #expect(try bench.take()?.id == "a")
        #expect(try bench.take() == nil)
    }

    @Test("A summary comes back from the ledger as it went in, numbers that are not finite included")
    func summary() throws {
        let bench = try LedgerBench()
        try bench.admit("a")
        var summary = JobSummary.example
        summary.slices[0].base.loss = .infinity
        let job = try bench.finish(
            try #require(try bench.take()), JobEnding(.succeeded, runFolder: "/run", summary: summary))
        #expect(job.summary == summary)
        #expect(job.runFolder == "/run")
        #expect(job.finishedAt != nil)
    }

    @Test("An older attempt's writes are refused: its stages, and its end with the webhooks")
    func fencing() throws {
        let bench = try LedgerBench(announcer: Told(hooks: ["chat"]))
        try bench.admit("a")
        let old = try #require(try bench.take(as: bench.deadWorker))
        #expect(try bench.recover().rescued == ["a"])
        let new = try #require(try bench.take())
        #expect(new.attempt == 2)
        let stage = failure { try bench.ledger.stageStarted("train", detail: nil, job: "a", attempt: old.attempt) }
        #expect(stage?.code == .fenced)
        #expect(failure { try bench.finish(old, JobEnding(.failed, reason: "late")) }?.code == .fenced)
        #expect(try bench.ledger.deliveries().map(\.event) == ["queued", "started", "started"])
        #expect(try bench.ledger.job("a").state == .running)
    }

    @Test("A stage is recorded when it starts and when it ends")
    func stages() throws {
        let bench = try LedgerBench()
        try bench.admit("a")
        _ = try bench.take()
        try bench.ledger.stageStarted("hash", detail: nil, job: "a", attempt: 1)
        try bench.ledger.stageEnded("hash", detail: "ab12", job: "a", attempt: 1)
        try bench.ledger.stageStarted("train", detail: "200 steps", job: "a", attempt: 1)
        let stages = try bench.ledger.stages(of: "a")
        #expect(stages.map(\.name) == ["hash", "train"])
        #expect(stages.map(\.state) == [.finished, .running])
        #expect(stages.map(\.detail) == ["ab12", "200 steps"])
        #expect(failure { try bench.ledger.stageEnded("gates", detail: nil, job: "a", attempt: 1) }?.code == .fenced)
    }

    @Test("A job is found by id, by part of its id, and the latest by name; an ambiguous part is refused")
    func resolve() throws {
        let bench = try LedgerBench()
        try bench.admit("20260101T000000Z-aaaa0001")
        try bench.admit("20260101T000000Z-aaaa0002")
        #expect(try bench.ledger.resolve("20260101T000000Z-aaaa0001").id.hasSuffix("0001"))
        #expect(try bench.ledger.resolve("0001").id.hasSuffix("0001"))
        #expect(try bench.ledger.resolve("sentiment").id.hasSuffix("0002"))
        #expect(failure { try bench.ledger.resolve("20260101") }?.code == .unknownJob)
        #expect(failure { try bench.ledger.resolve("nothing") }?.code == .unknownJob)
    }
}
