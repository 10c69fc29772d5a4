import Foundation
import ModelFiles
import TestSupport
import Testing

@Suite("merge.type and merge.max_kl, by the built program", .serialized)
struct RequantisedMergeTests {
    private func run(_ lorad: LoradProcess, _ merge: String) throws -> (
        status: Int32, report: JSONValue, folder: String
    ) {
        let manifest = lorad.manifest(sha256: try lorad.hash(), steps: 4, extra: "merge: {\(merge)}")
        try lorad.write(manifest, to: "job.yaml")
        let outcome = try lorad.run("run", "job.yaml", "--json")
        let answer = try JSONReader.parse(outcome.output, name: "run")
        let folder = try #require(answer["run_dir"]?.stringValue, "\(outcome.errors)")
        return (outcome.status, try JSONReader.parse(lorad.read("\(folder)/report.json"), name: "report"), folder)
    }

    @Test("A requantised model is published with what it cost, and its gate stands among the others")
    func passes() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            let (status, report, run) = try run(lorad, "export: gguf, type: Q8_0, max_kl: 5")
            #expect(status == 0)
            #expect(lorad.list("\(run)/merged") == ["model.gguf"])
            let cost = try #require(report["requantisation"])
            let meanKL = try #require(cost["mean_kl"]?.doubleValue)
            #expect(cost["type"]?.stringValue == "Q8_0" && meanKL > 0)
            #expect(try #require(cost["adapter_kl"]?.doubleValue) > meanKL)
            let gate = try #require(report["gates"]?.arrayValue?.last)
            #expect(gate["slice"]?.stringValue == "merged" && gate["metric"]?.stringValue == "mean_kl")
            #expect(gate["value"]?.doubleValue == meanKL && gate["passed"]?.boolValue == true)
            // Parity was proven on weights in float32, which a requantised file could not meet.
            #expect(
                report["parity"]?["passed"]?.boolValue == true && report["parity"]?["dtype"]?.stringValue == "float32")
            #expect(try lorad.run("verify", run).status == 0)
            #expect(try lorad.run("reproduce", run).status == 0)
        }
    }

    @Test("One beyond the gate fails as by any other, and nothing of it is published for use")
    func misses() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            let (status, report, run) = try run(lorad, "export: gguf, type: Q4_0, max_kl: 0")
            #expect(status == 1 && run.hasSuffix("-failed"))
            #expect(report["reason"]?.stringValue?.contains("merged mean_kl was missed") == true)
            #expect(lorad.list("\(run)/merged").isEmpty)
            // Of a model that is not requantised parity has measured it.
            let (plain, whole, _) = try self.run(lorad, "export: gguf, max_kl: 0.001")
            #expect(plain == 0 && whole["requantisation"] == nil)
            #expect(whole["gates"]?.arrayValue?.last?["passed"]?.boolValue == true)
        }
    }

    @Test("What belongs to a published GGUF alone is refused elsewhere, with its place")
    func mistakes() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            let cases = [
                ("type: Q8_0", "merge.export is none"),
                ("export: safetensors, max_kl: 1", "merge.export is safetensors"),
                ("export: gguf, type: BF16", "set merge.dtype to bfloat16"), ("export: gguf, type: Q5_K", "merge.type"),
                ("export: gguf, max_kl: -1", "merge.max_kl"),
            ]
            for (merge, words) in cases {
                let manifest = lorad.manifest(sha256: String(repeating: "0", count: 64), extra: "merge: {\(merge)}")
                try lorad.write(manifest, to: "job.yaml")
                let outcome = try lorad.run("validate", "job.yaml")
                #expect(outcome.status == 65 && outcome.errors.contains(words), "\(merge): \(outcome.errors)")
                #expect(outcome.errors.contains("job.yaml:7:"), "\(merge): \(outcome.errors)")
            }
        }
    }
}
