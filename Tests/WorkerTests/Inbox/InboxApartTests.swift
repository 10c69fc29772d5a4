import Foundation
import Ledger
import LedgerSupport
import TestSupport
import Testing
import Worker

/// An inbox on a file system of its own, as a mounted share is.
@Suite(
    "Inbox apart", .enabled(if: FileManager.default.isWritableFile(atPath: "/dev/shm"), "needs a second file system"))
struct InboxApartTests {
    /// Removed with its content at the end.
    private final class Share {
        let path = "/dev/shm/lorad-inbox-" + UUID().uuidString
        deinit { try? FileManager.default.removeItem(atPath: path) }

        func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
    }

    private func bench(_ share: Share) throws -> WorkerBench {
        try WorkerBench {
            $0.inbox = share.path
            $0.scanEvery = 0.2
        }
    }

    @Test("Manifests are claimed, run, and quarantined as from any other inbox; nothing is left in it")
    func life() throws {
        let share = Share()
        let bench = try bench(share)
        #expect(try bench.folders.isInboxApart)
        try bench.submit(["a": "succeed", "b": "refuse", "c": "fail"])
        #expect(try bench.watchOnce().ended == [.succeeded: 1, .rejected: 1, .failed: 1])
        #expect(try share.names() == [".claimed"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: share.path + "/.claimed").isEmpty)
        let rejected = try bench.folder.names("outbox/rejected")
        #expect(rejected.count == 1)
        #expect(try bench.folder.names("outbox/rejected/" + rejected[0]) == ["b.yaml", "reason.txt"])
    }

    @Test("A claim that a worker left is admitted by the next, wherever it lies")
    func leftovers() throws {
        let share = Share()
        let bench = try bench(share)
        try bench.submit(["a": "succeed"])
        _ = try #require(try Claim.take("a.yaml", folders: try bench.folders))
        let local = try bench.folders.localClaim("20260101T000000Z-00000001")
        try FileManager.default.createDirectory(atPath: local, withIntermediateDirectories: true)
        try Data("succeed\n# b".utf8).write(to: URL(fileURLWithPath: local + "/b.yaml"))
        #expect(try bench.watchOnce().ended == [.succeeded: 2])
        #expect(try Claim.leftovers(try bench.folders).isEmpty)
    }

    @Test("What somebody puts in the place of the claims is not followed, and nothing behind it is touched")
    func planted() throws {
        let share = Share()
        let bench = try bench(share)
        let folders = try bench.folders
        let victim = try ScratchFolder()
        try FileManager.default.createDirectory(atPath: victim.path + "/run", withIntermediateDirectories: true)
        try victim.write("precious", to: "run/adapter")
        try FileManager.default.removeItem(atPath: share.path + "/.claimed")
        try FileManager.default.createSymbolicLink(
            atPath: share.path + "/.claimed", withDestinationPath: victim.path)
        #expect(failure { try Claim.leftovers(folders) }?.code == .unwritable)
        try Data("succeed".utf8).write(to: URL(fileURLWithPath: share.path + "/a.yaml"))
        #expect(failure { try Claim.take("a.yaml", folders: folders) }?.advice?.contains("chmod +t") == true)
        #expect(failure { try bench.folders }?.code == .unwritable)
        #expect(try victim.names("") == ["run"] && victim.names("run") == ["adapter"])
    }

    @Test("A job that ends while the share is away leaves no claim in it once it is back")
    func endedMeanwhile() throws {
        let share = Share()
        let bench = try bench(share)
        // Before the share goes: they make what is missing.
        let folders = try bench.folders
        let (place, away) = (share.path, share.path + ".away")
        let runner = FakeRunner { request in
            try FileManager.default.moveItem(atPath: place, toPath: away)
            return .succeeded(runFolder: "/outbox/\(request.id)", summary: .example)
        }
        _ = try bench.whileWatching(runner) {
            try bench.submit(["a": "succeed"])
            #expect(try eventually { try Ledger(folders: folders).jobs().map(\.state) == [.succeeded] })
            #expect(eventually { bench.log.contains { $0.contains("moved away or unmounted") } })
            #expect(try FileManager.default.contentsOfDirectory(atPath: away + "/.claimed").count == 1)
            try FileManager.default.moveItem(atPath: away, toPath: place)
            #expect(
                eventually {
                    (try? FileManager.default.contentsOfDirectory(atPath: place + "/.claimed"))?.isEmpty == true
                })
        }
    }

    @Test("A share that goes away and comes back ends no worker: what is dropped afterwards is taken")
    func vanished() throws {
        let share = Share()
        let bench = try bench(share)
        _ = try bench.whileWatching(FakeRunner()) {
            try bench.submit(["a": "succeed"])
            #expect(try eventually { try bench.ledger().jobs().map(\.state) == [.succeeded] })
            try FileManager.default.moveItem(atPath: share.path, toPath: share.path + ".away")
            #expect(eventually { bench.log.contains { $0.contains("moved away or unmounted") } })
            try FileManager.default.moveItem(atPath: share.path + ".away", toPath: share.path)
            #expect(eventually { bench.log.contains { $0.contains("is watched again") } })
            try bench.submit(["b": "succeed"])
            #expect(try eventually { try bench.ledger().jobs().map(\.state) == [.succeeded, .succeeded] })
        }
    }
}
