import Foundation
import ModelFiles
import TestSupport
import Testing

@Suite("Checkpoints that an earlier lorad wrote")
struct PastCheckpointTests {
    /// A checkpoint of `21e726e` does not name its kernels: it resumes anywhere. The bits of the undisturbed run come out
    /// where the kernels are those it was made with; elsewhere what is left of the run rounds otherwise.
    @Test(
        "They resume to the adapter that the undisturbed run published", arguments: PastCommit.all,
        ["reviews-float32", "reviews-bfloat16"])
    func resumes(past: PastCommit, job: String) throws {
        try withTemporaryFolder { folder in
            let lorad = try past.prepare(folder)
            let work = "\(folder)/.lorad/foreground"
            try FileManager.default.createDirectory(atPath: work, withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: past.path("checkpoints/\(job)"), toPath: "\(work)/\(job)")
            try #require(lorad.list(".lorad/foreground/\(job)").contains("checkpoint.safetensors"))
            let outcome = try lorad.run("run", "\(job).yaml")
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.errors.contains("training goes on from its checkpoint"))
            try past.expectAdapter(
                "outbox/\(job)/latest/adapter_model.safetensors", equals: job,
                lorad)
            let now = try JSONReader.parse(file: "\(folder)/outbox/\(job)/latest/report.json")
            let then = try JSONReader.parse(file: past.path("runs/\(job)/report.json"))
            #expect(now["training"]?["loss"]?.arrayValue?.count == then["training"]?["loss"]?.arrayValue?.count)
        }
    }

    @Test("Under other settings they are refused by name, and nothing is published", arguments: PastCommit.all)
    func refused(past: PastCommit) throws {
        try withTemporaryFolder { folder in
            let lorad = try past.prepare(folder)
            let job = "reviews-float32"
            let work = "\(folder)/.lorad/foreground"
            try FileManager.default.createDirectory(atPath: work, withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: past.path("checkpoints/\(job)"), toPath: "\(work)/\(job)")
            try lorad.write(
                lorad.read("\(job).yaml").replacing("rank: 4", with: "rank: 4, alpha: 8"), to: "\(job).yaml")
            let outcome = try lorad.run("run", "\(job).yaml")
            #expect(outcome.status == 65, "\(outcome.errors)")
            #expect(outcome.errors.contains("belongs to a run with other data or settings"))
            #expect(lorad.list("outbox/\(job)").filter { !$0.hasPrefix(".") }.isEmpty)
        }
    }
}
