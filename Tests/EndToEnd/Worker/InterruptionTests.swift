import Foundation
import ModelFiles
import TestSupport
import Testing

/// SIGTERM in the middle of training, and what the next start makes of it.
@Suite("Interrupted jobs, by the built program", .serialized)
struct InterruptionTests {
    private static let steps = 4_000
    private static let every = 100

    /// A folder with the job in it.
    private func prepared(_ folder: String) throws -> LoradProcess {
        let lorad = try LoradProcess(folder: folder)
        let manifest = try lorad.manifest(sha256: lorad.hash(), steps: Self.steps, checkpointEvery: Self.every)
        try lorad.write(manifest, to: "job.yaml")
        return lorad
    }

    private func adapter(_ lorad: LoradProcess) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: lorad.folder + "/outbox/tiny/latest/adapter_model.safetensors"))
    }

    /// The adapter of a run that nobody disturbs.
    private func undisturbed() throws -> Data {
        try withTemporaryFolder { folder in
            let lorad = try prepared(folder)
            let run = try lorad.run("run", "job.yaml")
            try #require(run.status == 0, "\(run.errors)")
            #expect(!run.errors.contains("goes on from"))
            return try adapter(lorad)
        }
    }

    /// Sends SIGTERM once a checkpoint lies anywhere below `.lorad`, long before the last step.
    private func interrupt(_ process: RunningProcess, _ lorad: LoradProcess) throws -> RunningProcess.Outcome {
        let appeared = eventually(within: 120) {
            let files = FileManager.default.enumerator(atPath: lorad.folder + "/.lorad")
            return files?.contains { ($0 as? String)?.hasSuffix("/checkpoint.safetensors") == true } == true
        }
        try #require(appeared, "\(process.errors)")
        process.terminate()
        return try process.wait()
    }

    @Test("`lorad watch` stopped in mid-training goes on at its next start, to the bytes of an undisturbed run")
    func watch() throws {
        try withTemporaryFolder { folder in
            let lorad = try prepared(folder)
            #expect(try lorad.run("submit", "job.yaml").status == 0)
            let first = try interrupt(lorad.start(["watch"]), lorad)
            #expect(first.status == 0, "\(first.errors)")
            #expect(lorad.list("outbox/tiny").allSatisfy { $0 == ".lock" })
            let stopped = try JSONReader.parse(lorad.run("status", "--json").output, name: "status")
            #expect(stopped.arrayValue?.first?["state"]?.stringValue == "interrupted")

            let second = try lorad.run("watch", "--once")
            #expect(second.status == 0, "\(second.errors)")
            #expect(try lorad.run("logs", "tiny").output.contains("training goes on from its checkpoint"))
            #expect(try adapter(lorad) == undisturbed())
            let report = try JSONReader.parse(file: folder + "/outbox/tiny/latest/report.json")
            #expect(report["training"]?["loss"]?.arrayValue?.count == Self.steps)
            #expect(report["provenance"]?["attempt"]?.intValue == 2)
        }
    }

    @Test("`lorad run` stopped in mid-training ends with 130, and the same command goes on to the same bytes")
    func run() throws {
        try withTemporaryFolder { folder in
            let lorad = try prepared(folder)
            let first = try interrupt(lorad.start(["run", "job.yaml"]), lorad)
            #expect(first.status == 130, "\(first.errors)")
            #expect(first.output.isEmpty)
            #expect(lorad.list("outbox/tiny").filter { !$0.hasPrefix(".") }.isEmpty)

            let second = try lorad.run("run", "job.yaml")
            #expect(second.status == 0, "\(second.errors)")
            #expect(second.errors.contains("training goes on from its checkpoint"))
            #expect(try adapter(lorad) == undisturbed())
        }
    }

    @Test("A running job's log is followed to its cancellation; a retry goes on from the checkpoint")
    func cancelAndRetry() throws {
        try withTemporaryFolder { folder in
            let lorad = try prepared(folder)
            #expect(try lorad.run("submit", "job.yaml", "--set", "training.max_steps=1000000").status == 0)
            let watch = try lorad.start(["watch"])
            let checkpoint = eventually(within: 120) {
                lorad.list(".lorad/jobs").contains {
                    lorad.list(".lorad/jobs/\($0)").contains("checkpoint.safetensors")
                }
            }
            try #require(checkpoint, "\(watch.errors)")
            let logs = try lorad.start(["logs", "tiny", "-f"])
            try #require(eventually(within: 60) { logs.output.contains("stage train started") })
            #expect(logs.isRunning)
            let stepping = try eventually(within: 60) {
                try lorad.run("status", "tiny").output.contains(" of 1000000, loss ")
            }
            #expect(stepping)
            let second = try lorad.run("watch", "--once")
            #expect(second.status == 75, "\(second.errors)")
            #expect(try lorad.run("cancel", "tiny").status == 0)
            #expect(try logs.wait(within: 60).output.contains("cancelled"))
            #expect(try state(lorad) == "cancelled")
            let again = try lorad.run("cancel", "tiny")
            #expect(again.status == 64 && again.errors.contains("cannot be cancelled"))

            #expect(try lorad.run("retry", "tiny").status == 0)
            let resumed = try eventually(within: 60) {
                try lorad.run("logs", "tiny").output.contains("training goes on from its checkpoint")
            }
            #expect(resumed)
            watch.terminate()
            #expect(try watch.wait().status == 0)
            #expect(try state(lorad) == "interrupted")
        }
    }

    private func state(_ lorad: LoradProcess) throws -> String? {
        let status = try JSONReader.parse(lorad.run("status", "tiny", "--json").output, name: "status")
        return status.arrayValue?.first?["state"]?.stringValue
    }
}
