import Foundation
import ModelFiles
import TestSupport
import Testing

@Suite("lorad merge, by the built program")
struct MergeCommandTests {
    private func merge(_ lorad: LoradProcess, _ arguments: String...) throws -> RunningProcess.Outcome {
        let adapter = Fixtures.path("adapters/lorad-0.1.0")
        return try lorad.run(["merge", "--base", "base", "--adapter", adapter, "--output", "merged"] + arguments)
    }

    @Test("JSON states the facts, and the model scores as base with adapter", arguments: ["safetensors", "gguf"])
    func merges(format: String) throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            let outcome = try merge(lorad, "--format", format, "--json")
            #expect(outcome.status == 0, "\(outcome.errors)")
            let facts = try JSONReader.parse(outcome.output, name: "merge")
            #expect(facts["adapter_records_base"]?.boolValue == true)
            #expect(facts["parity"]?["passed"]?.boolValue == true)
            let text = ["--prompt", "the film was", "--completion", " good", "--json"]
            let adapted = try lorad.run(
                ["score", "--base", "base", "--adapter", Fixtures.path("adapters/lorad-0.1.0")] + text)
            let merged = try lorad.run(["score", "--base", try #require(facts["model"]?.stringValue)] + text)
            let scores = try [adapted, merged].map {
                try #require(JSONReader.parse($0.output, name: "score")["logprob"]?.doubleValue)
            }
            #expect(abs(scores[0] - scores[1]) < 1e-4)
        }
    }

    @Test("An adapter for llama.cpp is one file of pairs, and there is no bfloat16 of it")
    func ggufLoRA() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            #expect(try merge(lorad, "--format", "gguf-lora", "--dtype", "bfloat16").status == 64)
            #expect(try merge(lorad, "--format", "gguf-lora").status == 0)
            #expect(lorad.list("merged") == ["adapter.gguf"])
            #expect(try GGUFFile(path: folder + "/merged/adapter.gguf").tensors.count == 28)
        }
    }

    @Test("An output that exists is wrong usage, another base is wrong data; neither leaves anything")
    func refused() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            let adapter = Fixtures.path("adapters/lorad-0.1.0")
            // What a process printed lies in the folder too, under a name of its own.
            func names() -> [String] { lorad.list("").filter { UUID(uuidString: String($0.prefix(36))) == nil } }
            let before = names()
            let existing = try lorad.run("merge", "--base", "base", "--adapter", adapter, "--output", "data")
            #expect(existing.status == 64)
            let base = Fixtures.path("llama-tiny/base-q8_0.gguf")
            for format in ["gguf", "gguf-lora"] {
                let other = try lorad.run(
                    "merge", "--base", base, "--adapter", adapter, "--output", "new", "--format", format)
                #expect(other.status == 65)
                #expect(other.errors.contains("was made for the base"))
            }
            #expect(names() == before)
        }
    }
}
