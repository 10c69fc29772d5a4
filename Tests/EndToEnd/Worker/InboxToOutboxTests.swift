import Foundation
import ModelFiles
import TestSupport
import Testing

@Suite("From inbox to outbox, by the built program")
struct InboxToOutboxTests {
    @Test("A submitted job is trained, proven and published, and verifies")
    func succeeds() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            try lorad.write(lorad.manifest(sha256: lorad.hash()), to: "job.yaml")
            #expect(try lorad.run("validate", "job.yaml").status == 0)
            #expect(try lorad.run("submit", "job.yaml").status == 0)
            let watch = try lorad.run("watch", "--once")
            #expect(watch.status == 0, "\(watch.errors)")
            #expect(lorad.list("inbox").isEmpty)

            let run = "outbox/tiny/latest"
            let files = [
                "README.md", "SHA256SUMS", "adapter_config.json", "adapter_model.safetensors", "manifest.yaml",
                "provenance.json", "report.html", "report.json",
            ]
            #expect(Set(files).isSubset(of: lorad.list(run)))
            let report = try JSONReader.parse(file: "\(folder)/\(run)/report.json")
            #expect(report["status"]?.stringValue == "succeeded")
            #expect(report["training"]?["loss"]?.arrayValue?.count == 6)
            #expect(report["parity"]?["passed"]?.boolValue == true)
            #expect(report["slices"]?.arrayValue?.compactMap { $0["name"]?.stringValue } == ["all", "a", "b"])
            #expect(try lorad.run("verify", run).status == 0)
            #expect(try lorad.run("status").output.contains("succeeded"))
        }
    }

    @Test("A base with another hash is refused before any work")
    func wrongBase() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            try lorad.write(lorad.manifest(sha256: String(repeating: "0", count: 64)), to: "job.yaml")
            let run = try lorad.run("run", "job.yaml")
            #expect(run.status == 65)
            #expect(run.output.contains("\"status\":\"rejected\""))
            #expect(!run.errors.contains("train: started"))
            #expect(lorad.list("outbox").isEmpty)
        }
    }
}
