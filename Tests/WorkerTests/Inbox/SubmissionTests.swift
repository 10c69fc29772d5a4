import Foundation
import LedgerSupport
import Testing
import Worker

@Suite("Submit")
struct SubmissionTests {
    @Test("A manifest that waits is never overwritten: the next one of its name gets a number")
    func collision() throws {
        let bench = try WorkerBench()
        let worker = try bench.worker()
        #expect(try worker.submit("first", name: "nightly.yaml") == "nightly.yaml")
        #expect(try worker.submit("second", name: "nightly.yaml") == "nightly-2.yaml")
        #expect(try worker.submit("third", name: "nightly.yaml") == "nightly-3.yaml")
        #expect(try bench.folder.read("inbox/nightly.yaml") == "first")
        #expect(try bench.folder.names("inbox") == ["nightly-2.yaml", "nightly-3.yaml", "nightly.yaml"])
    }

    @Test(
        "A name that the inbox would ignore or that leaves it is refused",
        arguments: ["a.json", ".a.yaml", "../a.yaml", "a/b.yaml", ""])
    func names(name: String) throws {
        let bench = try WorkerBench()
        #expect(failure { try bench.worker().submit("x", name: name) }?.code == .manifest)
        #expect(try bench.folder.names("inbox").isEmpty)
    }

    @Test("An empty or oversized manifest is refused before it reaches the inbox")
    func sizes() throws {
        let bench = try WorkerBench()
        for text in ["", String(repeating: "x", count: 1_048_577)] {
            #expect(failure { try bench.worker().submit(text, name: "a.yaml") }?.code == .manifest)
        }
        #expect(try bench.folder.names("inbox").isEmpty)
    }
}
