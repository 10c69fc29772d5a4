import Foundation
import Glibc
import TestSupport
import Testing
import Worker

@Suite("Rejection")
struct RejectionTests {
    @Test("A manifest with five mistakes lies in outbox/rejected beside a reason of five lines")
    func fiveMistakes() throws {
        let bench = try WorkerBench()
        try bench.submit(["bad": "refuse"])
        #expect(try bench.watchOnce().ended == [.rejected: 1])
        let folder = try #require(try bench.folder.names("outbox/rejected").first)
        #expect(folder.hasPrefix("bad.yaml.2"))
        #expect(try bench.folder.names("outbox/rejected/" + folder) == ["bad.yaml", "reason.txt"])
        let reason = try bench.folder.read("outbox/rejected/\(folder)/reason.txt")
        #expect(reason == (1...5).map { "bad.yaml:\($0):3: mistake \($0)\n" }.joined())
        #expect(try bench.worker().status("bad").job.runFolder == bench.folder.path + "/outbox/rejected/" + folder)
    }

    @Test("What is not a readable text file is rejected with a reason, and nothing is left in the inbox or claimed")
    func fates() throws {
        let bench = try WorkerBench()
        let inbox = bench.folder.path + "/inbox/"
        try bench.folder.write("", to: "inbox/empty.yaml")
        try bench.folder.write([UInt8](repeating: 0x20, count: 2_000_000), to: "inbox/large.yaml")
        try bench.folder.write([0x61, 0xFF, 0xFE], to: "inbox/latin.yaml")
        try FileManager.default.createSymbolicLink(atPath: inbox + "link.yaml", withDestinationPath: "/etc/passwd")
        try FileManager.default.createDirectory(atPath: inbox + "folder.yaml/sub", withIntermediateDirectories: true)
        let runner = FakeRunner()
        #expect(try bench.watchOnce(runner).ended == [.rejected: 5])
        #expect(runner.requests.isEmpty)
        #expect(try bench.folder.names("inbox").isEmpty)
        #expect(try bench.folder.names("state/claimed").isEmpty)
        let expected = [
            "empty": "empty", "large": "1048576 bytes", "latin": "not UTF-8", "link": "symbolic link",
            "folder": "a folder",
        ]
        for folder in try bench.folder.names("outbox/rejected") {
            let name = String(folder.prefix { $0 != "." })
            let reason = try bench.folder.read("outbox/rejected/\(folder)/reason.txt")
            #expect(reason.contains(try #require(expected[name])), "\(reason)")
            #expect(try bench.folder.names("outbox/rejected/" + folder).contains(name + ".yaml"))
        }
        #expect(try bench.folder.names("outbox/rejected").count == 5)
    }

    @Test("A pipe and a socket are refused where they lie, told once, and hold up nothing")
    func special() throws {
        try refused([("pipe.yaml", S_IFIFO, 0), ("socket.yaml", S_IFSOCK, 0)])
    }

    @Test("So is a device", .enabled(if: getuid() == 0, "only root may make one"))
    func device() throws { try refused([("zero.yaml", S_IFCHR, 0x105)]) }

    private func refused(_ files: [(name: String, kind: mode_t, device: dev_t)]) throws {
        let bench = try WorkerBench()
        let inbox = bench.folder.path + "/inbox/"
        for file in files { try #require(mknod(inbox + file.name, file.kind | 0o644, file.device) == 0) }
        let names = files.map(\.name)
        let result = try bench.whileWatching(FakeRunner()) {
            try bench.submit(["a": "succeed"])
            #expect(try eventually { try bench.ledger().jobs().first?.state == .succeeded })
            try bench.submit(["b": "succeed"])
            #expect(try eventually { try bench.ledger().jobs().first?.name == "b" })
        }
        #expect(result.ended[.rejected] == nil)
        #expect(try bench.folder.names("inbox").sorted() == names)
        #expect(try bench.folder.names("outbox/rejected").isEmpty)
        for name in names {
            #expect(bench.log.count { $0.contains("\"\(name)\" is a pipe, socket or device") } == 1)
        }
        #expect(try bench.watchOnce().ended.isEmpty)
    }

    @Test("A job rejected while it ran has its manifest moved beside the reason, and again after a retry")
    func whileRunning() throws {
        let bench = try WorkerBench()
        try bench.submit(["a": "reject"])
        #expect(try bench.watchOnce().ended == [.rejected: 1])
        _ = try bench.worker().retry("a")
        #expect(try bench.watchOnce().ended == [.rejected: 1])
        let folders = try bench.folder.names("outbox/rejected")
        #expect(folders.count == 2)
        for folder in folders {
            #expect(try bench.folder.read("outbox/rejected/\(folder)/a.yaml") == "reject\n# a")
            let reason = try bench.folder.read("outbox/rejected/\(folder)/reason.txt")
            #expect(reason == "base.sha256: expected aa, found bb\n")
        }
    }

    @Test("A crash between the ledger's rejection and the move is finished at the next start")
    func halfWay() throws {
        let bench = try WorkerBench()
        try bench.submit(["a": "refuse"])
        try bench.watchOnce()
        let job = try bench.worker().status("a").job
        let rejected = try #require(job.runFolder)
        let claimed = try bench.folders.claim(job.id)
        try FileManager.default.createDirectory(atPath: claimed, withIntermediateDirectories: true)
        try FileManager.default.moveItem(atPath: rejected + "/a.yaml", toPath: claimed + "/a.yaml")
        try FileManager.default.removeItem(atPath: rejected)
        try bench.watchOnce()
        #expect(try FileManager.default.contentsOfDirectory(atPath: rejected).sorted() == ["a.yaml", "reason.txt"])
        #expect(!FileManager.default.fileExists(atPath: claimed))
    }

    @Test("A crash between the move into the hidden folder and its renaming is finished at the next start")
    func hiddenFolder() throws {
        let bench = try WorkerBench()
        try bench.submit(["a": "refuse"])
        try bench.watchOnce()
        let job = try bench.worker().status("a").job
        let rejected = try #require(job.runFolder)
        let hidden = bench.folder.path + "/outbox/rejected/." + job.id
        try FileManager.default.moveItem(atPath: rejected, toPath: hidden)
        try FileManager.default.removeItem(atPath: hidden + "/reason.txt")
        try bench.watchOnce()
        #expect(try FileManager.default.contentsOfDirectory(atPath: rejected).sorted() == ["a.yaml", "reason.txt"])
        #expect(!FileManager.default.fileExists(atPath: hidden))
    }

    @Test("A name that is one letter under a hundred accents keeps a part of it, and does not hide its folder")
    func accents() throws {
        let bench = try WorkerBench()
        try bench.submit(["e" + String(repeating: "\u{301}", count: 120): "refuse"])
        try bench.watchOnce()
        let folders = try FileManager.default.contentsOfDirectory(atPath: bench.folder.path + "/outbox/rejected")
        #expect(folders.count == 1 && folders[0].unicodeScalars.first == "e" && folders[0].utf8.count <= 255)
    }

    @Test("A manifest whose notify names an unknown webhook is rejected")
    func unknownHook() throws {
        let bench = try WorkerBench()
        try bench.submit(["a": "succeed"])
        #expect(try bench.watchOnce(FakeRunner(notify: ["chta"])).ended == [.rejected: 1])
        #expect(try bench.worker().status("a").job.reason?.contains("'chta'") == true)
    }
}
