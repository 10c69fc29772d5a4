import Foundation
import ModelFiles
import TestSupport
import Testing

@Suite("lorad export and compose, by the built program")
struct ExportCommandTests {
    private let adapter = Fixtures.path("adapters/lorad-0.1.0")

    @Test("JSON states the facts, and the exported model scores as base with adapter")
    func exports() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            let outcome = try lorad.run(
                "export", adapter, "--base", "base", "--to", "gguf", "--type", "f32", "--max-kl", "1", "--output",
                "out",
                "--json")
            #expect(outcome.status == 0, "\(outcome.errors)")
            let facts = try JSONReader.parse(outcome.output, name: "export")
            #expect(facts["to"]?.stringValue == "gguf")
            #expect(facts["name"]?.stringValue == "lorad-0.1.0")
            #expect(facts["loss"]?["mean_kl"]?.doubleValue != nil)
            #expect(facts["loss"]?["effect_kept"]?.doubleValue != nil)
            let text = ["--prompt", "the film was", "--completion", " good", "--json"]
            let scores = try [
                ["score", "--base", "base", "--adapter", adapter] + text,
                ["score", "--base", try #require(facts["model"]?.stringValue)] + text,
            ].map { try #require(JSONReader.parse(lorad.run($0).output, name: "score")["logprob"]?.doubleValue) }
            #expect(abs(scores[0] - scores[1]) < 1e-2)
        }
    }

    @Test("People read what it is, how it is loaded, and what to look out for")
    func words() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            let vllm = try lorad.run(
                "export", adapter, "--base", "base", "--to", "vllm", "--output", "out", "--name", "x y")
            #expect(vllm.status == 0, "\(vllm.errors)")
            #expect(vllm.output.contains("--max-lora-rank must be 8 or more"))
            #expect(vllm.output.contains("curl -X POST"))
            let request = try JSONReader.parse(file: folder + "/out/load_lora_adapter.json")
            #expect(request["lora_name"]?.stringValue == "x y")
        }
    }

    @Test("Wrong usage is 64, an option of another form is 65, and nothing is left")
    func refused() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            func export(_ more: String...) throws -> RunningProcess.Outcome {
                try lorad.run(["export", adapter, "--base", "base", "--output", "out"] + more)
            }
            let form = try export("--to", "gguff")
            #expect(form.status == 64)
            #expect(form.errors.contains("gguf-lora"))
            #expect(try export("--to", "gguf", "--type", "Q3_K").status == 64)
            #expect(try export("--to", "gguf", "--max-kl", "-1").status == 64)
            #expect(try export("--to", "peft", "--type", "F16").status == 65)
            #expect(!FileManager.default.fileExists(atPath: folder + "/out"))
        }
    }

    @Test("Two adapters become one by name and weight, which is used as any other")
    func composes() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            let (a, b) = (Fixtures.path("compositions/a"), Fixtures.path("compositions/b"))
            let outcome = try lorad.run(
                "compose", "\(a):0.7", "\(b):-0.3", "--base", "base", "--method", "svd", "--output", "both", "--json")
            #expect(outcome.status == 0, "\(outcome.errors)")
            let facts = try JSONReader.parse(outcome.output, name: "compose")
            #expect(facts["parents"]?.arrayValue?.map { $0["weight"]?.doubleValue } == [0.7, -0.3])
            #expect(facts["parity"]?["passed"]?.boolValue == true)
            let score = try lorad.run(
                "score", "--base", "base", "--adapter", "both", "--prompt", "the film was", "--completion", " good")
            #expect(score.status == 0, "\(score.errors)")
            let density = try lorad.run("compose", a, b, "--base", "base", "--method", "ties", "--output", "new")
            #expect(density.status == 65)
            #expect(density.errors.contains("density"))
        }
    }
}
