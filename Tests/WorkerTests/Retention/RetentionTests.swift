import Foundation
import GRDB
import Ledger
import LedgerSupport
import Manifests
import Pipeline
import Publication
import TestSupport
import Testing
import Worker

@Suite("Old runs")
struct RunPruningTests {
    private let now = Date(timeIntervalSince1970: 1_780_000_000)

    /// An outbox with one name and these entries, each a folder with a file.
    private func outbox(_ entries: [String]) throws -> ScratchFolder {
        let folder = try ScratchFolder()
        for entry in entries {
            try FileManager.default.createDirectory(
                atPath: folder.path + "/tiny/" + entry, withIntermediateDirectories: true)
            try folder.write("x", to: "tiny/\(entry)/report.json")
        }
        return folder
    }

    private func link(_ folder: ScratchFolder, _ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/tiny/" + name, withDestinationPath: target)
    }

    private func prune(_ folder: ScratchFolder, _ change: (inout RetentionConfiguration) -> Void) throws -> [String] {
        var policy = RetentionConfiguration()
        policy.keepDays = 0
        change(&policy)
        _ = try RunPruning(outbox: folder.path, policy: policy).prune(now: now)
        return try folder.names("tiny").filter { $0 != OutboxPlace.entryLock }
    }

    private let runs = (1...4).map { "2026010\($0)T000000Z-0000000\($0)" }

    @Test("Without a policy every run stays")
    func none() throws {
        let folder = try outbox(runs)
        #expect(try prune(folder) { _ in } == runs)
    }

    @Test("The latest succeeded runs stay; what is no run stays too")
    func keepRuns() throws {
        let folder = try outbox(runs + ["20260101T000000Z-0000000a-failed", "notes"])
        let left = try prune(folder) { $0.keepRuns = 2 }
        #expect(left == ["20260101T000000Z-0000000a-failed", runs[2], runs[3], "notes"])
    }

    @Test("A run that an alias leads to stays, directly or through another link")
    func alias() throws {
        let folder = try outbox(runs)
        try link(folder, "latest", to: runs[3])
        try link(folder, "v1", to: runs[0])
        try link(folder, "production", to: "v1")
        try link(folder, "weights", to: runs[1] + "/report.json")
        try link(folder, "dangling", to: "nothing")
        let left = try prune(folder) { $0.keepRuns = 1 }
        #expect(left == [runs[0], runs[1], runs[3], "dangling", "latest", "production", "v1", "weights"])
    }

    @Test("Young runs stay however many there are")
    func keepDays() throws {
        let folder = try outbox(runs)
        let left = try prune(folder) {
            $0.keepRuns = 1
            $0.keepDays = 3_650
        }
        #expect(left == runs)
    }

    @Test("Failed runs go after their own time")
    func failed() throws {
        let old = "20260101T000000Z-0000000a-failed"
        let young = "20260528T000000Z-0000000b-2-failed"
        let folder = try outbox([old, young, runs[0]])
        #expect(try prune(folder) { $0.keepFailedDays = 30 } == [runs[0], young])
    }

    /// Nights as an earlier lorad published them, each in a folder of its own with its own `latest`.
    private func nights(_ folder: ScratchFolder, _ count: Int) throws {
        for night in 1...count {
            let run = "2026010\(night)T020000Z-0000000\(night)"
            try FileManager.default.createDirectory(
                atPath: folder.path + "/tiny-2026010\(night)t0200z/" + run, withIntermediateDirectories: true)
            try folder.write("x", to: "tiny-2026010\(night)t0200z/\(run)/report.json")
            try FileManager.default.createSymbolicLink(
                atPath: folder.path + "/tiny-2026010\(night)t0200z/latest", withDestinationPath: run)
        }
    }

    @Test("Nights in folders of their own count as runs of the name; a night's latest protects nothing, an alias does")
    func nights() throws {
        let folder = try outbox(["20260105T020000Z-00000005"])
        try link(folder, "latest", to: "20260105T020000Z-00000005")
        try nights(folder, 4)
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/tiny-20260101t0200z/production", withDestinationPath: "20260101T020000Z-00000001")
        #expect(try prune(folder) { $0.keepRuns = 3 } == ["20260105T020000Z-00000005", "latest"])
        #expect(
            try folder.names("").filter { $0.hasPrefix("tiny") } == [
                "tiny", "tiny-20260101t0200z", "tiny-20260103t0200z", "tiny-20260104t0200z",
            ])
        #expect(try folder.names("tiny-20260101t0200z").contains("20260101T020000Z-00000001"))
    }

    @Test("Where there are only nights in folders of their own, the last ones stay, and what else lies there")
    func oldNights() throws {
        let folder = try ScratchFolder()
        try nights(folder, 4)
        try folder.write("x", to: "tiny-20260101t0200z/notes")
        var policy = RetentionConfiguration()
        policy.keepDays = 0
        policy.keepRuns = 1
        #expect(try RunPruning(outbox: folder.path, policy: policy).prune(now: now).count == 3)
        #expect(try folder.names("").filter { $0.hasPrefix("tiny") } == ["tiny-20260101t0200z", "tiny-20260104t0200z"])
        #expect(try folder.names("tiny-20260101t0200z").filter { $0 != OutboxPlace.entryLock } == ["notes"])
        #expect(try folder.names("tiny-20260104t0200z").contains("20260104T020000Z-00000004"))
    }

    @Test("What a crash left half-removed goes with the next round")
    func leftover() throws {
        let folder = try outbox(runs + [".pruned-20250101T000000Z-00000000"])
        #expect(try prune(folder) { $0.keepRuns = 9 } == runs)
    }
}

@Suite("Backup of the ledger")
struct LedgerBackupTests {
    @Test("A copy is sound, holds the jobs, and opens as a ledger")
    func copy() throws {
        let bench = try LedgerBench()
        try bench.admit("a")
        let path = try LedgerBackup(folder: bench.folder.path + "/backups").make(of: bench.ledger, keep: 3)
        try LedgerBackup.check(path)
        let restored = bench.folder.path + "/restored/ledger.sqlite"
        try FileManager.default.createDirectory(
            atPath: bench.folder.path + "/restored", withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: path, toPath: restored)
        let ledger = try Ledger(path: restored) { $0 }
        #expect(try ledger.jobs().map(\.id) == ["a"])
        #expect(try ledger.synchronousLevel() == 2)
    }

    @Test("The latest copies stay, and one is due again after its hours")
    func rotation() throws {
        let bench = try LedgerBench()
        let backup = LedgerBackup(folder: bench.folder.path + "/backups")
        #expect(backup.isDue(everyHours: 24))
        #expect(!backup.isDue(everyHours: 0))
        let start = Date(timeIntervalSince1970: 1_780_000_000)
        for day in 0..<4 { _ = try backup.make(of: bench.ledger, keep: 2, now: start + Double(day) * 86_400) }
        #expect(backup.copies.count == 2)
        #expect(!backup.isDue(everyHours: 24))
        #expect(backup.isDue(everyHours: 24, now: Date() + 86_401))
    }

    @Test("A damaged copy is found")
    func damaged() throws {
        let bench = try LedgerBench()
        for number in 0..<200 { try bench.admit("job\(number)", name: String(repeating: "n", count: 200)) }
        let path = try LedgerBackup(folder: bench.folder.path + "/backups").make(of: bench.ledger, keep: 3)
        let url = URL(fileURLWithPath: path)
        var bytes = try Data(contentsOf: url)
        for index in stride(from: 8_192, to: bytes.count, by: 64) { bytes[index] = 0xFF }
        try bytes.write(to: url)
        let error = failure { try LedgerBackup.check(path) }
        #expect(error?.code == .ledger)
    }
}

@Suite("SIGHUP", .serialized)
struct ReloadTests {
    private struct Refusal: Error {}

    @Test("lorad.yaml is read again; a bad one changes nothing and is told in one line")
    func reload() throws {
        let bench = try WorkerBench()
        let (first, second) = (FakeRunner(), FakeRunner())
        let file = bench.folder.path + "/lorad.yaml"
        let settings = bench.settings
        let request = try ReloadRequest {
            let configuration = try WorkerConfiguration.load(path: file)
            var new = settings
            new.jobs = configuration.jobs
            new.configuration.signing = configuration.signing
            return (new, second.tools)
        }
        let stop = try StopRequest()
        let worker = try bench.worker()
        let done = DispatchSemaphore(value: 0)
        Thread {
            _ = try? worker.watch(tools: first.tools, once: false, stop: stop, reload: request)
            done.signal()
        }.start()
        defer {
            stop.request()
            done.wait()
        }
        #expect(eventually { FileManager.default.fileExists(atPath: bench.folder.path + "/state/ledger.sqlite") })
        try bench.folder.write("jobs: {retriez: 3}\n", to: "lorad.yaml")
        kill(getpid(), SIGHUP)
        #expect(eventually { bench.log.contains { $0.contains("not taken") && $0.contains("retries") } })
        try bench.folder.write("signing: {key_file: missing.pem}\n", to: "lorad.yaml")
        kill(getpid(), SIGHUP)
        #expect(eventually { bench.log.contains { $0.contains("not taken") && $0.contains("missing.pem") } })
        try bench.submit(["a": "succeed"])
        #expect(eventually { first.requests.count == 1 })
        try bench.folder.write("jobs: {retries: 3, at_once: 4}\n", to: "lorad.yaml")
        kill(getpid(), SIGHUP)
        #expect(eventually { bench.log.contains { $0.contains("unchanged until the next start: jobs.at_once") } })
        try bench.submit(["b": "succeed"])
        #expect(eventually { second.requests.count == 1 })
        #expect(first.requests.count == 1)
    }
}
