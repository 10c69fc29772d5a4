import Foundation
import Ledger
import LedgerSupport
import TestSupport
import Testing
import Worker

@Suite("The same content twice")
struct RepetitionTests {
    /// Two copies of `text` under different names.
    private func twice(_ bench: WorkerBench, _ text: String) throws {
        for name in ["a.yaml", "b.yaml"] { try bench.folder.write(text, to: "inbox/" + name) }
    }

    @Test("Two copies that arrive together are one job, and the second leaves no trace but a line in the log")
    func together() throws {
        let bench = try WorkerBench()
        try twice(bench, "succeed")
        #expect(try bench.watchOnce().ended == [.succeeded: 1])
        #expect(try bench.worker().jobs().count == 1)
        #expect(try bench.folder.names("inbox").isEmpty)
        #expect(try bench.folder.names("state/claimed").isEmpty)
        #expect(bench.log.contains { $0.contains("has the content of job") })
    }

    @Test("After a success the same content is no new job, unless something it reads has changed")
    func afterSuccess() throws {
        let bench = try WorkerBench()
        try bench.folder.write("rows", to: "data.jsonl")
        let text = "succeed\nreads \(bench.folder.path)/data.jsonl"
        for expected in [[JobState.succeeded: 1], [:]] {
            try bench.folder.write(text, to: "inbox/a.yaml")
            #expect(try bench.watchOnce().ended == expected)
        }
        try bench.folder.write("other rows", to: "data.jsonl")
        try bench.folder.write(text, to: "inbox/a.yaml")
        #expect(try bench.watchOnce().ended == [.succeeded: 1])
    }

    @Test("After a failure or a rejection the same content is a new job")
    func afterFailure() throws {
        let bench = try WorkerBench()
        for _ in 1...2 {
            try bench.folder.write("fail", to: "inbox/a.yaml")
            try bench.folder.write("reject", to: "inbox/b.yaml")
            #expect(try bench.watchOnce().ended == [.failed: 1, .rejected: 1])
        }
        #expect(try bench.worker().jobs().count == 4)
    }

    @Test(
        "A manifest that a second name (a hard link) still leads to is claimed, and later changes do not reach the job")
    func hardLink() throws {
        let bench = try WorkerBench()
        try bench.folder.write("succeed", to: "inbox/a.yaml")
        try FileManager.default.linkItem(
            atPath: bench.folder.path + "/inbox/a.yaml", toPath: bench.folder.path + "/elsewhere")
        let runner = FakeRunner()
        #expect(try bench.watchOnce(runner).ended == [.succeeded: 1])
        #expect(runner.requests.map(\.manifestText) == ["succeed"])
        #expect(try bench.folder.read("elsewhere") == "succeed")
    }

    @Test("Of a file that another was renamed over, the last content is one job")
    func renamedOver() throws {
        let bench = try WorkerBench()
        try bench.folder.write("succeed first", to: "inbox/a.yaml")
        try bench.folder.write("succeed second", to: "inbox/.b")
        #expect(rename(bench.folder.path + "/inbox/.b", bench.folder.path + "/inbox/a.yaml") == 0)
        let runner = FakeRunner()
        #expect(try bench.watchOnce(runner).ended == [.succeeded: 1])
        #expect(runner.requests.map(\.manifestText) == ["succeed second"])
    }
}
