import Foundation
import ModelFiles
import Tensors
import TestSupport
import Testing

/// `LORAD_KERNELS`, and jobs that go on with other kernels, by the built program.
@Suite("Variants of the kernels, by the built program")
struct KernelVariantJobTests {
    private static let lower = KernelVariant.runnable.dropLast().last?.name
    private static let hasTwo = KernelVariant.runnable.count > 1

    private func prepared(_ folder: String, dtype: String = "auto") throws -> LoradProcess {
        let lorad = try LoradProcess(folder: folder)
        let text = try lorad.manifest(sha256: lorad.hash(), steps: 2_000, checkpointEvery: 50)
        try lorad.write(
            text.replacingOccurrences(of: "training: {", with: "training: {dtype: \(dtype), "), to: "job.yaml")
        return lorad
    }

    private func kernels(_ name: String) -> [String: String] { [KernelVariant.environmentName: name] }

    /// Stops `lorad run` once there is a checkpoint.
    private func interrupt(_ lorad: LoradProcess, _ environment: [String: String]) throws {
        let process = try lorad.start(["run", "job.yaml"], environment: environment)
        let appeared = eventually(within: 120) {
            let files = FileManager.default.enumerator(atPath: lorad.folder + "/.lorad")
            return files?.contains { ($0 as? String)?.hasSuffix("/checkpoint.safetensors") == true } == true
        }
        try #require(appeared, "\(process.errors)")
        process.terminate()
        #expect(try process.wait().status == 130)
    }

    private func adapter(_ lorad: LoradProcess) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: lorad.folder + "/outbox/tiny/latest/adapter_model.safetensors"))
    }

    private func report(_ lorad: LoradProcess) throws -> JSONValue {
        try JSONReader.parse(file: lorad.folder + "/outbox/tiny/latest/report.json")
    }

    @Test("A name that is no variant, or one that this CPU lacks, is wrong usage", arguments: ["avx2", "x86-64-v9"])
    func unknown(name: String) throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            let outcome = try lorad.run("hash", "base", environment: kernels(name))
            #expect(outcome.status == 64)
            #expect(outcome.output.isEmpty)
            #expect(outcome.errors.contains("'\(name)'") && outcome.errors.contains("baseline"))
        }
    }

    @Test("A worker's job process computes with the variant that the worker was told", .enabled(if: hasTwo))
    func worker() throws {
        try withTemporaryFolder { folder in
            let lower = try #require(Self.lower)
            let lorad = try LoradProcess(folder: folder)
            try lorad.write(try lorad.manifest(sha256: lorad.hash()), to: "job.yaml")
            #expect(try lorad.run("submit", "job.yaml").status == 0)
            let outcome = try lorad.run("watch", "--once", environment: kernels(lower))
            #expect(outcome.status == 0, "\(outcome.errors)")
            let provenance = try report(lorad)["provenance"]
            #expect(provenance?["machine"]?["instructions"]?.stringValue == lower)
            let spans = try #require(provenance?["training"]?["kernels"]?.arrayValue)
            #expect(spans.map { $0["variant"]?.stringValue } == [lower])
            #expect(provenance?["training"]?["compute_dtype"]?.stringValue == "float32")
        }
    }

    @Test("A job that was stopped goes on under its checkpoint's variant, to the same bytes", .enabled(if: hasTwo))
    func goesOnUnderItsVariant() throws {
        let environment = kernels(try #require(Self.lower))
        let undisturbed = try withTemporaryFolder { folder in
            let lorad = try prepared(folder)
            let outcome = try lorad.run("run", "job.yaml", environment: environment)
            try #require(outcome.status == 0, "\(outcome.errors)")
            return try adapter(lorad)
        }
        try withTemporaryFolder { folder in
            let lorad = try prepared(folder)
            try interrupt(lorad, environment)
            let second = try lorad.run("run", "job.yaml")
            #expect(second.status == 0, "\(second.errors)")
            #expect(second.errors.contains("training goes on from its checkpoint"))
            #expect(!second.errors.contains("bits may differ"))
            #expect(try adapter(lorad) == undisturbed)
            #expect(try report(lorad)["provenance"]?["training"]?["kernels"]?.arrayValue?.count == 1)
        }
    }

    @Test(
        "Where the CPU lacks the checkpoint's variant the job goes on, and says what that means", .enabled(if: hasTwo))
    func goesOnElsewhere() throws {
        try withTemporaryFolder { folder in
            let lorad = try prepared(folder)
            try interrupt(lorad, [:])
            let second = try lorad.run("run", "job.yaml", environment: kernels("baseline"))
            #expect(second.status == 0, "\(second.errors)")
            #expect(second.errors.contains("bits may differ"))
            let training = try report(lorad)["provenance"]?["training"]
            let spans = try #require(training?["kernels"]?.arrayValue)
            let names = spans.map { $0["variant"]?.stringValue }
            #expect(names == [try #require(KernelVariant.runnable.last).name, "baseline"])
            #expect((spans.last?["first_step"]?.intValue ?? 0) > 0)
            // `auto` is what the first machine made of it.
            #expect(training?["dtype"]?.stringValue == MachineInfo.fasterDType.rawValue)
            #expect(training?["compute_dtype"]?.stringValue == "float32")
        }
    }
}
