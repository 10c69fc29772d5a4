import Foundation
import Ledger
import LedgerSupport
import Manifests
import OperatingSystem
import TestSupport
import Testing
import Webhooks
import Worker

@Suite("Old deliveries and rejections")
struct DeliveryRetentionTests {
    private static let day = 86_400.0
    private let hook = Hook(name: "chat", kind: .generic, url: .environment("U"), events: [.queued])
    private let now = Date(timeIntervalSince1970: 1_780_000_000)

    /// A ledger with these deliveries of `chat`, in order.
    private func ledger(_ verdicts: [DeliveryVerdict?], endedDaysAgo days: Double) throws -> LedgerBench {
        let bench = try LedgerBench(announcer: Announcer(hooks: [hook]))
        for (index, verdict) in verdicts.enumerated() {
            try bench.admit("job\(index)")
            let id = try #require(try bench.ledger.deliveries(of: "job\(index)").first?.id)
            guard let verdict else { continue }
            try bench.ledger.recordAttempt(
                id, hook: "chat", result: "answered", verdict: verdict, now: now - days * Self.day)
        }
        return bench
    }

    @Test("What was made or given up goes after its time; what is still to be made never does, however old")
    func pruning() throws {
        let old = try ledger([.delivered, .abandon, .tryAgain(at: now), nil], endedDaysAgo: 91)
        #expect(try old.ledger.pruneDeliveries(endedBefore: now - 90 * Self.day) == 2)
        #expect(try old.ledger.deliveries().map(\.job) == ["job2", "job3"])
        #expect(try old.ledger.pruneDeliveries(endedBefore: .distantFuture - 86_400) == 0)
        let young = try ledger([.delivered, .abandon], endedDaysAgo: 89)
        #expect(try young.ledger.pruneDeliveries(endedBefore: now - 90 * Self.day) == 0)
    }

    @Test("Many go in several transactions, and none is left behind")
    func many() throws {
        let bench = try LedgerBench(announcer: Announcer(hooks: [hook]), inMemory: true)
        for index in 0..<2_100 { try bench.admit("job\(index)") }
        for delivery in try bench.ledger.deliveries() {
            try bench.ledger.recordAttempt(delivery.id, hook: "chat", result: "", verdict: .delivered, now: now)
        }
        #expect(try bench.ledger.pruneDeliveries(endedBefore: now + 1) == 2_100)
        #expect(try bench.ledger.deliveries().isEmpty)
    }

    @Test("The count of failures never falls: neither by pruning nor by a replay")
    func counter() throws {
        let bench = try ledger([.tryAgain(at: now), .delivered], endedDaysAgo: 100)
        let first = try bench.ledger.deliveries()[0].id
        for verdict in [DeliveryVerdict.tryAgain(at: now), .abandon] {
            try bench.ledger.recordAttempt(first, hook: "chat", result: "", verdict: verdict, now: now)
        }
        func failures() throws -> Double? {
            let folders = try WorkerFolders(
                WorkerSettings(
                    inbox: bench.folder.path + "/i", outbox: bench.folder.path + "/o", state: bench.folder.path))
            let text = try Metrics(ledger: bench.ledger, folders: folders, pulse: Pulse()).text()
            let line = text.split(separator: "\n").first { $0.hasPrefix("lorad_webhook_failures_total{hook=\"chat\"}") }
            return line?.split(separator: " ").last.flatMap { Double($0) }
        }
        #expect(try failures() == 3)
        _ = try bench.ledger.replay(first)
        #expect(try failures() == 3)
        try bench.ledger.recordAttempt(first, hook: "chat", result: "", verdict: .abandon, now: now)
        #expect(try failures() == 4)
        #expect(try bench.ledger.pruneDeliveries(endedBefore: now + 1) == 2)
        #expect(try failures() == 4)
        _ = try bench.ledger.pruneDeliveries(endedBefore: now + 1)
        #expect(try failures() == 4)
    }

    /// An outbox's `rejected` with these folders, last changed so many days ago.
    private func rejected(_ names: [String], changedDaysAgo days: Double) throws -> ScratchFolder {
        let folder = try ScratchFolder()
        for name in names {
            let path = folder.path + "/" + name
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            try folder.write("x", to: name + "/reason.txt")
            try FileManager.default.setAttributes([.modificationDate: now - days * Self.day], ofItemAtPath: path)
        }
        return folder
    }

    @Test("Old rejections go; young ones, those of jobs under way, half-made ones and what is nobody's stay")
    func rejections() throws {
        let names = [
            "a.yaml.20250101T000000Z-00000001", "b.c.yaml.20250101T000000Z-00000002-3",
            "c.yaml.20250101T000000Z-00000003", "d.yaml.20260527T000000Z-00000004", ".20250101T000000Z-00000005",
            "notes", "e.yaml",
        ]
        let folder = try rejected(names, changedDaysAgo: 366)
        let removed = try RejectionPruning(folder: folder.path, days: 365).prune(now: now) { !$0.hasSuffix("00000003") }
        #expect(removed.map { String($0.dropFirst(folder.path.count + 1)) } == Array(names[0...1]))
        #expect(try folder.names("") == names[2...].sorted())
        let young = try rejected([names[0]], changedDaysAgo: 364)
        #expect(try RejectionPruning(folder: young.path, days: 365).prune(now: now) { _ in true }.isEmpty)
        let none = RejectionPruning(folder: folder.path + "/none", days: 1)
        #expect(try none.prune(now: now) { _ in true }.isEmpty)
    }

    @Test("A rejection half-removed by a crash goes with the next round")
    func halfRemoved() throws {
        let folder = try rejected([".pruned-a.yaml.20250101T000000Z-00000001"], changedDaysAgo: 0)
        _ = try RejectionPruning(folder: folder.path, days: 365).prune(now: now) { _ in true }
        #expect(try folder.names("").isEmpty)
    }

    @Test("The worker's own round removes what lorad.yaml no longer keeps, and tells of it")
    func round() throws {
        let bench = try WorkerBench(hooks: [hook])
        let ledger = try bench.ledger()
        var job = NewJob(id: "a", name: "a", manifestFile: "a.yaml", manifestText: "", manifestSHA256: "")
        job.mistakes = nil
        _ = try ledger.admit(job, announcer: Announcer(hooks: [hook]))
        let id = try ledger.deliveries()[0].id
        try ledger.recordAttempt(id, hook: "chat", result: "", verdict: .delivered)
        let old = try bench.folders.rejected + "/a.yaml.20250101T000000Z-00000001"
        try FileManager.default.createDirectory(atPath: old, withIntermediateDirectories: true)
        let settings = bench.settings
        // A clock that was right all along, and one that was set forward by as much.
        let later = Date() + 400 * Self.day
        let passed = ClockWatch(wall: Date(), sinceBoot: ClockWatch.sinceBoot - 400 * Self.day)
        let jumped = Housekeeper(folders: try bench.folders, ledger: ledger) { settings }
        jumped.round(now: later)
        jumped.round(now: later)
        #expect(try ledger.deliveries().count == 1 && FileManager.default.fileExists(atPath: old))
        #expect(
            bench.log.count { $0.contains("set forward by 400 days") || $0.contains("set forward by 399 days") } == 1)
        Housekeeper(folders: try bench.folders, ledger: ledger, clock: passed) { settings }.round(now: later)
        #expect(try ledger.deliveries().isEmpty && !FileManager.default.fileExists(atPath: old))
        #expect(bench.log.contains { $0.contains("1 deliveries of before") })
        #expect(bench.log.contains { $0.contains("00000001 was removed") })
    }

    @Test("A clock's gain is what it was set forward by, whatever time has passed")
    func clock() {
        let watch = ClockWatch(wall: now, sinceBoot: 1_000)
        #expect(watch.gain(wall: now + 500, sinceBoot: 1_500) == 0)
        #expect(watch.gain(wall: now + 500 + 7_200, sinceBoot: 1_500) == 7_200)
        #expect(watch.gain(wall: now - 3_600, sinceBoot: 1_000) == -3_600)
    }
}
