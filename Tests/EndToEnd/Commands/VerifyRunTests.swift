import Foundation
import ModelFiles
import TestSupport
import Testing

@Suite("lorad verify, on a run of the built program")
struct VerifyRunTests {
    /// A published run, and what `lorad verify --json` says of it.
    private struct Run {
        let lorad: LoradProcess
        let path: String

        init(_ folder: String, merge: String = "{export: none}", steps: Int = 6, gates: String = "[]") throws {
            lorad = try LoradProcess(folder: folder)
            let hash = try JSONReader.parse(lorad.run("hash", "base", "--json").output, name: "hash")
            let manifest = lorad.manifest(sha256: try #require(hash["sha256"]?.stringValue), steps: steps)
            try lorad.write(manifest + "\nmerge: \(merge)\ngates: \(gates)\n", to: "job.yaml")
            let last = try #require(lorad.run("run", "job.yaml").output.split(separator: "\n").last)
            path = try #require(JSONReader.parse(String(last), name: "run")["run_dir"]?.stringValue)
        }

        func verify(_ arguments: String...) throws -> (status: Int32, checks: [String: String], json: JSONValue) {
            let outcome = try lorad.run(["verify", path, "--json"] + arguments)
            let json = try JSONReader.parse(outcome.output, name: "verify")
            let pairs = (json["checks"]?.arrayValue ?? []).map {
                ($0["name"]?.stringValue ?? "", $0["status"]?.stringValue ?? "")
            }
            return (outcome.status, Dictionary(pairs) { first, _ in first }, json)
        }

        func edit(_ name: String, _ change: (inout Data) throws -> Void) throws {
            let url = URL(fileURLWithPath: "\(lorad.folder)/\(path)/\(name)")
            var data = try Data(contentsOf: url)
            try change(&data)
            try data.write(to: url)
        }

        /// What a careful forger does: the list says what the files hold now.
        func listAnew() throws { try lorad.listAnew(path) }
    }

    @Test(
        "A published run passes every check, whatever it exports",
        arguments: ["{export: none}", "{export: gguf}", "{export: safetensors}", "{export: gguf, dtype: bfloat16}"])
    func passes(merge: String) throws {
        try withTemporaryFolder { folder in
            let run = try Run(folder, merge: merge)
            let verdict = try run.verify()
            #expect(verdict.status == 0)
            #expect(verdict.checks.count == 8 && verdict.checks["provenance"] == "not_checked")
            #expect(verdict.checks.allSatisfy { $0.key == "provenance" || $0.value == "passed" }, "\(verdict.checks)")
            #expect(verdict.json["parity"]?["prompts"]?.arrayValue?.isEmpty == false)
            #expect(run.lorad.list(run.path).contains("merged") == !merge.contains("none"))
        }
    }

    @Test("A base changed in place, with size and time kept, has another hash, fails verify, and no job takes it")
    func baseChangedInPlace() throws {
        try withTemporaryFolder { folder in
            let run = try Run(folder)
            usleep(2_200_000)
            // Remembered by now, were it to be trusted.
            let before = try run.lorad.hash()
            #expect(try run.verify().status == 0)
            try changeInPlace(folder + "/base/model.safetensors")
            let after = try run.lorad.hash()
            #expect(after != before)
            let verdict = try run.verify()
            #expect(verdict.status == 65 && verdict.checks["base"] == "failed", "\(verdict.checks)")
            let refused = try run.lorad.run("run", "job.yaml")
            #expect(refused.status == 65)
            #expect(refused.errors.contains("hashes to \(after)"))
        }
    }

    @Test("A byte of the adapter changed: the checksums say so, and nothing is loaded")
    func tamperedAdapter() throws {
        try withTemporaryFolder { folder in
            let run = try Run(folder)
            try run.edit("adapter_model.safetensors") { $0[$0.count - 1] ^= 0x40 }
            let verdict = try run.verify()
            #expect(verdict.status == 65)
            #expect(verdict.checks["checksums"] == "failed")
            #expect(verdict.checks["parity"] == "not_checked")
        }
    }

    @Test("An adapter changed and listed anew is found by what it does to the logits")
    func forgedAdapter() throws {
        try withTemporaryFolder { folder in
            let run = try Run(folder)
            // The exponent of the last float32: a large element of the last B.
            try run.edit("adapter_model.safetensors") { $0[$0.count - 1] = 0x40 }
            try run.listAnew()
            let stated = try run.verify()
            #expect(stated.status == 65 && stated.checks["provenance"] == "failed")
            // Whoever changes both is still found out.
            try FileManager.default.removeItem(atPath: "\(folder)/\(run.path)/provenance.intoto.json")
            try run.listAnew()
            let verdict = try run.verify()
            #expect(verdict.status == 1)
            #expect(verdict.checks["checksums"] == "passed")
            #expect(verdict.checks["update"] == "failed")
        }
    }

    @Test("A report changed and listed anew is found by what the models say")
    func forgedReport() throws {
        try withTemporaryFolder { folder in
            let run = try Run(folder)
            try run.edit("report.json") { data in
                let text = String(decoding: data, as: UTF8.self)
                let forged = text.replacing(/"merged_text" : "/, with: "\"merged_text\" : \"forged")
                #expect(forged != text)
                data = Data(forged.utf8)
            }
            #expect(try run.verify().status == 65)
            try run.listAnew()
            let verdict = try run.verify()
            #expect(verdict.status == 1)
            #expect(verdict.checks["texts"] == "failed")
            #expect(verdict.checks["parity"] == "passed")
        }
    }

    @Test("Another base, and one that is not there")
    func otherBase() throws {
        try withTemporaryFolder { folder in
            let run = try Run(folder)
            let other = try run.verify("--base", Fixtures.path("llama-tiny/untied"))
            #expect(other.status == 65)
            #expect(other.checks["base"] == "failed")
            try FileManager.default.moveItem(atPath: folder + "/base", toPath: folder + "/moved")
            let missing = try run.verify()
            #expect(missing.status == 66)
            #expect(missing.checks["checksums"] == "passed")
            #expect(missing.checks["base"] == "not_checked")
            #expect(missing.checks["parity"] == "not_checked")
            #expect(try run.verify("--base", "moved").status == 0)
        }
    }

    @Test("A run that missed a gate is not verified")
    func failedRun() throws {
        try withTemporaryFolder { folder in
            let run = try Run(folder, gates: "[{slice: all, metric: loss, max: 0.0001}]")
            let verdict = try run.verify()
            #expect(verdict.status == 1)
            #expect(verdict.checks["checksums"] == "passed")
            #expect(verdict.checks["run"] == "failed")
        }
    }

    @Test("A folder that holds no run is an input that is missing")
    func noRun() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            #expect(try lorad.run("verify", "data").status == 66)
        }
    }
}
