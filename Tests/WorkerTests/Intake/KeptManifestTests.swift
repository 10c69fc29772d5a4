import Foundation
import Ledger
import LedgerSupport
import Manifests
import TestSupport
import Testing
import Worker

@Suite("Manifests that the ledger keeps")
struct KeptManifestTests {
    /// Ends jobs of `size` bytes of manifest each, `ends` before now in seconds.
    private func bench(_ ends: [Double], size: Int) throws -> LedgerBench {
        let bench = try LedgerBench()
        for (index, age) in ends.enumerated() {
            let id = "job\(index)"
            var job = NewJob(
                id: id, name: id, manifestFile: id + ".yaml", manifestText: String(repeating: "x", count: size),
                manifestSHA256: "\(index)")
            job.mistakes = ["no"]
            _ = try bench.ledger.admit(job, announcer: bench.announcer, now: Date() - age)
        }
        return bench
    }

    private func kept(_ bench: LedgerBench) throws -> [String] {
        try bench.ledger.jobs().filter { !$0.manifestText.isEmpty }.map(\.id).sorted()
    }

    @Test("Those of jobs that ended long ago go, all else of their rows stays, and no job is retried without one")
    func byAge() throws {
        let bench = try bench([100, 50, 10], size: 10)
        var waiting = NewJob(id: "w", name: "w", manifestFile: "w.yaml", manifestText: "name: w", manifestSHA256: "9")
        waiting.priority = 3
        _ = try bench.ledger.admit(waiting, announcer: bench.announcer, now: Date() - 1_000)
        let before = try bench.ledger.manifestBytes()
        #expect(before.kept == 37 && before.needed == 7)
        #expect(try bench.ledger.pruneManifests(endedBefore: Date() - 30) == 2)
        #expect(try kept(bench) == ["job2", "w"])
        let after = try bench.ledger.manifestBytes()
        #expect(after.kept == 17 && after.needed == 7)
        let job = try bench.ledger.job("job0")
        #expect(job.reason == "no" && job.manifestSHA256 == "0" && job.manifestFile == "job0.yaml")
        let refusal = failure { try bench.ledger.retry("job0", announcer: bench.announcer) }
        #expect(refusal?.code == .wrongState && refusal?.message.contains("no longer in the ledger") == true)
        #expect(try bench.ledger.retry("job2", announcer: bench.announcer).state == .queued)
    }

    @Test("Beyond a sum of bytes those that ended longest ago go first, and never one of a job that waits")
    func bySize() throws {
        let bench = try bench([10, 50, 100], size: 1_000)
        try bench.admit("waiting")
        #expect(try bench.ledger.pruneManifests(downTo: 2_100) == 1)
        #expect(try kept(bench) == ["job0", "job1", "waiting"])
        #expect(try bench.ledger.pruneManifests(downTo: 0) == 2)
        #expect(try kept(bench) == ["waiting"])
        #expect(try bench.ledger.pruneManifests(downTo: 0) == 0)
    }

    @Test("A worker keeps no more than retention.manifests_mib, however many are rejected")
    func rejected() throws {
        let bench = try WorkerBench { $0.retention.manifestsMiB = 1 }
        for number in 0..<4 {
            let text = "refuse \(number)\n" + String(repeating: "#", count: 500_000)
            try bench.folder.write(text, to: "inbox/bad\(number).yaml")
        }
        #expect(try bench.watchOnce().ended == [.rejected: 4])
        try bench.submit(["last": "succeed"])
        #expect(try bench.watchOnce().ended == [.succeeded: 1])
        #expect(try bench.ledger().manifestBytes().kept <= 1 << 20)
        #expect(try bench.ledger().jobs().count == 5)
        #expect(try bench.folder.names("outbox/rejected").count == 4)
    }

    @Test("While those that wait come to as much, nothing more is taken, one line says so, and then it goes on")
    func waiting() throws {
        let bench = try WorkerBench { $0.retention.manifestsMiB = 1 }
        let large = String(repeating: "#", count: 600_000)
        try bench.submit(["a": "wait \(large)", "b": "succeed \(large)"])
        let runner = FakeRunner()
        _ = try bench.whileWatching(runner) {
            #expect(eventually { bench.log.contains { $0.contains("no manifest is taken: ") } })
            try bench.submit(["c": "succeed"])
            Thread.sleep(forTimeInterval: 0.5)
            #expect(try bench.ledger().jobs().count == 2)
            #expect(try bench.folder.names("inbox") == ["c.yaml"])
            _ = try bench.worker().cancel("a")
            #expect(eventually(within: 20) { runner.requests.count == 3 })
        }
        #expect(bench.log.count { $0.contains("no manifest is taken: ") } == 1)
        #expect(bench.log.contains { $0.contains("manifests are taken again") })
    }

    @Test("Below limits.free_disk_mib manifests stay in the inbox, told once, and --once says that they are left")
    func disk() throws {
        let bench = try WorkerBench { $0.limits.freeDiskMiB = 1 << 30 }
        try bench.submit(["a": "succeed", "b": "refuse"])
        let result = try bench.watchOnce()
        #expect(result.ended.isEmpty && result.obstacle?.contains("limits.free_disk_mib is 1073741824") == true)
        #expect(try bench.folder.names("inbox") == ["a.yaml", "b.yaml"])
        #expect(try bench.ledger().jobs().isEmpty)
        #expect(bench.log.count { $0.contains("limits.free_disk_mib") } == 1)
    }
}
