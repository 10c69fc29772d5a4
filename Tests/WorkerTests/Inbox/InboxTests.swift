import Foundation
import LedgerSupport
import Testing
import Worker

@Suite("Inbox")
struct InboxTests {
    @Test(
        "Only plain .yaml and .yml names are manifests",
        arguments: [
            ("a.yaml", true), ("a.yml", true), ("A.YAML", true), (".a.yaml", false), ("#a.yaml", false),
            ("~a.yaml", false), ("a.yaml~", false), ("a.yaml.part", false), ("a.json", false), ("yaml", false),
            ("a.sync-conflict-20260101-000000-ABC.yaml", false), ("a (conflicted copy).yaml", false),
        ])
    func names(name: String, isManifest: Bool) {
        #expect(InboxNames.isManifest(name) == isManifest)
    }

    @Test("A file that has not changed for the quiet time is ready at the first scan, without any event")
    func oldFile() throws {
        var bench = try InboxBench()
        try bench.folder.write("name: x", to: "x.yaml")
        #expect(try bench.scan(after: 3).ready == ["x.yaml"])
    }

    @Test("A younger file waits, and the scan says for how long")
    func youngFile() throws {
        var bench = try InboxBench()
        try bench.folder.write("name: x", to: "x.yaml")
        let scan = try bench.scan(after: 0.5)
        #expect(scan.ready.isEmpty)
        #expect(scan.waiting == 1)
        #expect(try #require(scan.nextLook) <= 1.5)
        #expect(try bench.scan(after: 2.1).ready == ["x.yaml"])
    }

    @Test("Where the files' times are another machine's, a file is complete once it was watched for the quiet time")
    func foreignClock() throws {
        var bench = try InboxBench(believesTimes: false)
        try bench.folder.write("name: x", to: "x.yaml")
        // By its times, which a server's clock that is behind has written, it has not changed for an hour.
        #expect(try bench.scan(after: 3_600).ready.isEmpty)
        try bench.folder.write("name: xx", to: "x.yaml")
        #expect(try bench.scan(after: 3_602.5).ready.isEmpty)
        #expect(try bench.scan(after: 3_604.6).ready == ["x.yaml"])
    }

    @Test("A file renamed in is ready at once")
    func arrived() throws {
        var bench = try InboxBench()
        try bench.folder.write("name: x", to: "x.yaml")
        bench.inbox.note([.arrived("x.yaml")])
        #expect(try bench.scan(after: 0).ready == ["x.yaml"])
    }

    @Test("A file that its writer holds open waits beyond the quiet time, until it is closed")
    func heldOpen() throws {
        var bench = try InboxBench()
        try bench.folder.write("name: x", to: "x.yaml")
        bench.inbox.note([.modified("x.yaml")])
        #expect(try bench.scan(after: 30).ready.isEmpty)
        bench.inbox.note([.closed("x.yaml")])
        #expect(try bench.scan(after: 30).ready == ["x.yaml"])
    }

    @Test("A file made and not yet written to waits for its writer; one never closed is taken in the end")
    func unwritten() throws {
        var bench = try InboxBench()
        try bench.folder.write("", to: "x.yaml")
        bench.inbox.note([.created("x.yaml")])
        #expect(try bench.scan(after: 30).ready.isEmpty)
        #expect(try bench.scan(after: 61).ready == ["x.yaml"])
    }

    @Test("After an overflow nothing that events said is believed")
    func overflow() throws {
        var bench = try InboxBench()
        try bench.folder.write("name: x", to: "x.yaml")
        try bench.folder.write("name: y", to: "y.yaml")
        bench.inbox.note([.arrived("x.yaml"), .modified("y.yaml"), .overflow])
        #expect(try bench.scan(after: 0).ready.isEmpty)
        #expect(try Set(bench.scan(after: 3).ready) == ["x.yaml", "y.yaml"])
    }

    @Test("A file dated in the future is ready once it was watched for the quiet time")
    func future() throws {
        var bench = try InboxBench()
        try bench.folder.write("name: x", to: "x.yaml")
        #expect(try bench.scan(after: 0, clockBehind: 3_600).ready.isEmpty)
        #expect(try bench.scan(after: 2.1, clockBehind: 3_600).ready == ["x.yaml"])
    }

    @Test("A refused file is left alone until it changes, or some time has passed")
    func refused() throws {
        var bench = try InboxBench()
        try bench.folder.write("name: x", to: "x.yaml")
        #expect(try bench.scan(after: 3).ready == ["x.yaml"])
        let isNew = bench.inbox.refuse("x.yaml", monotonic: 1_003)
        #expect(isNew)
        #expect(try bench.scan(after: 9) == Inbox.Scan())
        #expect(try bench.scan(after: 13.1).ready == ["x.yaml"])
        let isNewAgain = bench.inbox.refuse("x.yaml", monotonic: 1_013)
        #expect(!isNewAgain)
        #expect(try bench.scan(after: 19) == Inbox.Scan())
        try bench.folder.write("name: longer", to: "x.yaml")
        #expect(try bench.scan(after: 20).ready == ["x.yaml"])
    }

    @Test("A manifest whose name is not UTF-8 is told of, and left")
    func unreadable() throws {
        var bench = try InboxBench()
        let path = Array((bench.folder.path + "/latin-").utf8) + [0xE9] + Array(".yaml\0".utf8)
        let descriptor = path.withUnsafeBytes {
            open($0.bindMemory(to: CChar.self).baseAddress!, O_CREAT | O_WRONLY, 0o644)
        }
        try #require(descriptor >= 0)
        close(descriptor)
        try bench.folder.write("name: x", to: "plain.yaml")
        let scan = try bench.scan(after: 3)
        #expect(scan.ready == ["plain.yaml"])
        #expect(scan.unreadable == ["latin-\u{FFFD}.yaml"])
        #expect(scan.waiting == 0)
    }

    @Test("Older manifests come first")
    func order() throws {
        var bench = try InboxBench()
        for (name, age) in [("a.yaml", 10.0), ("b.yaml", 30), ("c.yaml", 20)] {
            try bench.folder.write("name: x", to: name)
            let attributes = [FileAttributeKey.modificationDate: Date(timeIntervalSinceNow: -age)]
            try FileManager.default.setAttributes(attributes, ofItemAtPath: bench.folder.path + "/" + name)
        }
        #expect(try bench.scan(after: 3).ready == ["b.yaml", "c.yaml", "a.yaml"])
    }
}

/// An inbox with a quiet time of 2 s and a held-open time of 60 s, scanned at times of the test's choosing.
private struct InboxBench {
    let folder: ScratchFolder
    var inbox: Inbox

    init(believesTimes: Bool = true) throws {
        folder = try ScratchFolder()
        inbox = Inbox(folder: folder.path, quietTime: 2, heldOpenTime: 60, believesTimes: believesTimes)
    }

    mutating func scan(after seconds: Double, clockBehind: Double = 0) throws -> Inbox.Scan {
        try inbox.scan(wallClock: Date().timeIntervalSince1970 + seconds - clockBehind, monotonic: 1_000 + seconds)
    }
}
