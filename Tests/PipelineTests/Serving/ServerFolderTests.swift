import Adapters
import Foundation
import ModelFiles
import Pipeline
import TestSupport
import Testing
import Tokenizers
import Transformers

@Suite("lorad export to Ollama and vLLM")
struct ServerFolderTests {
    private func export(
        _ adapter: String = Fixtures.path("adapters/all-linear"), of base: String = Fixtures.path("llama-tiny/base"),
        to target: String, _ options: ExportOptions = ExportOptions(), in folder: String
    ) throws -> ExportOutcome {
        try AdapterExport(
            name: "Tickets", base: base, adapter: adapter, to: ExportTargets.named(target), options: options,
            hashCache: HashCache(file: folder + "/hashes.json")
        ).run(to: folder + "/out")
    }

    private func modelfile(_ folder: String) throws -> [String] {
        try String(contentsOfFile: folder + "/out/Modelfile", encoding: .utf8).components(separatedBy: "\n")
    }

    @Test("Of a GGUF, Ollama gets the base as it is and the adapter beside it")
    func besideGGUF() throws {
        try withTemporaryFolder { folder in
            let base = Fixtures.path("llama-tiny/base-f32.gguf")
            let outcome = try export(of: base, to: "ollama", in: folder)
            #expect(outcome.files.map(\.name) == ["Modelfile", "adapter.gguf", "model.gguf"])
            #expect(
                try Data(contentsOf: URL(fileURLWithPath: folder + "/out/model.gguf"))
                    == Data(contentsOf: URL(fileURLWithPath: base)))
            let lines = try modelfile(folder)
            #expect(lines.contains("FROM ./model.gguf"))
            #expect(lines.contains("ADAPTER ./adapter.gguf"))
            #expect(lines.contains { $0.hasPrefix("TEMPLATE \"\"\"{{ range .Messages }}") })
            #expect(lines.contains { $0.hasPrefix("PARAMETER stop \"") })
            #expect(outcome.commands == ["ollama create tickets -f \(folder)/out/Modelfile"])
            #expect(outcome.loss == nil)
        }
    }

    @Test("Of a folder, or where a type is asked for, Ollama gets a merged model")
    func merged() throws {
        try withTemporaryFolder { folder in
            let outcome = try export(to: "ollama", in: folder)
            #expect(outcome.files.map(\.name) == ["Modelfile", "model.gguf"])
            #expect(outcome.loss != nil)
            let lines = try modelfile(folder)
            #expect(!lines.contains { $0.hasPrefix("ADAPTER") })
            try FileManager.default.removeItem(atPath: folder + "/out")
            let base = Fixtures.path("llama-tiny/base-f32.gguf")
            let requantised = try export(of: base, to: "ollama", ExportOptions(type: .q8_0), in: folder)
            #expect(requantised.files.map(\.name) == ["Modelfile", "model.gguf"])
            #expect(requantised.tensors?["Q8_0"] ?? 0 > 0)
        }
    }

    @Test("A template that no format is the same as is left out, and the outcome says so")
    func unknownTemplate() throws {
        try withTemporaryFolder { folder in
            let base = folder + "/base"
            try FileManager.default.copyItem(atPath: Fixtures.path("llama-tiny/base"), toPath: base)
            let own = "{% for m in messages %}<<{{ m['role'] }}>> {{ m['content'] }}\n{% endfor %}<<me>>"
            try Data(own.utf8).write(to: URL(fileURLWithPath: base + "/chat_template.jinja"))
            let outcome = try export(of: base, to: "ollama", in: folder)
            let lines = try modelfile(folder)
            #expect(!lines.contains { $0.hasPrefix("TEMPLATE") })
            #expect(outcome.notes.contains { $0.contains("TEMPLATE is left out") })
        }
    }

    @Test("vLLM gets the adapter's folder and a request that names it")
    func vllm() throws {
        try withTemporaryFolder { folder in
            let outcome = try export(to: "vllm", in: folder)
            let request = try JSONReader.parse(file: folder + "/out/load_lora_adapter.json")
            #expect(request.objectValue?.keys == ["lora_name", "lora_path"])
            #expect(request["lora_name"]?.stringValue == "Tickets")
            let path = try #require(request["lora_path"]?.stringValue)
            #expect(path == outcome.model)
            #expect(path.hasPrefix("/"))
            _ = try Adapter.load(folder: path, into: Fixtures.tinyModel())
            #expect(outcome.maximumRank == 8)
            #expect(outcome.commands[0].contains("--max-lora-rank 8"))
            #expect(outcome.commands[1].contains("/v1/load_lora_adapter"))
        }
    }

    @Test("The rank that vLLM must allow is the next that it knows; above 512 there is none")
    func ranks() throws {
        let expected: [(rank: Int, maximum: Int?)] = [(8, 8), (9, 16), (65, 128), (257, 320), (321, 512), (513, nil)]
        for (rank, maximum) in expected {
            try withTemporaryFolder { folder in
                try WideBase.writeAdapter(
                    AdapterConfiguration(rank: rank, alpha: 8, targets: ["q_proj"]), to: folder + "/adapter",
                    base: Fixtures.path("llama-tiny/base"))
                guard let maximum else {
                    let error = #expect(throws: PipelineError.self) {
                        try export(folder + "/adapter", to: "vllm", in: folder)
                    }
                    #expect(error?.message.contains("rank 513") == true)
                    return
                }
                #expect(try export(folder + "/adapter", to: "vllm", in: folder).maximumRank == maximum)
            }
        }
    }

    @Test("vLLM takes plain LoRA and rsLoRA; what it would refuse or scale wrongly is refused here, by name")
    func methods() throws {
        let refused = ["dora", "ia3", "lora-patterns"]
        for fixture in MethodFixture.all where refused.contains(fixture.name) {
            try withTemporaryFolder { folder in
                let error = #expect(throws: PipelineError.self) {
                    try export(fixture.folder, of: try fixture.base().path, to: "vllm", in: folder)
                }
                #expect(error?.code == .rejected)
                #expect(error?.message.contains("vLLM does not load") == true)
            }
        }
        try withTemporaryFolder { folder in
            let fixture = try #require(MethodFixture.all.first { $0.name == "rslora" })
            _ = try export(fixture.folder, of: fixture.base().path, to: "vllm", in: folder)
        }
    }
}
