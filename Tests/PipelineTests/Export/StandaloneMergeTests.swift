import Adapters
import Foundation
import ModelFiles
import Pipeline
import Tensors
import TestSupport
import Testing
import Transformers

@Suite("lorad merge")
struct StandaloneMergeTests {
    private func merge(
        _ adapter: String, _ format: MergedFormat = .gguf, into base: String = "llama-tiny/base",
        cache folder: String, stop: Bool = false
    ) -> StandaloneMerge {
        StandaloneMerge(
            base: Fixtures.path(base), adapter: Fixtures.path("adapters/\(adapter)"), format: format, dtype: .f32,
            hashCache: HashCache(file: folder + "/hashes.json"), shouldStop: { stop })
    }

    /// Everything in a folder, hidden files included.
    private func entries(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0 != "hashes.json" }
    }

    @Test("The outcome names base, model and figures of the comparison", arguments: MergedFormat.allCases)
    func outcome(format: MergedFormat) throws {
        try withTemporaryFolder { folder in
            let output = folder + "/deep/merged"
            let outcome = try merge("lorad-0.1.0", format, cache: folder).run(to: output)
            #expect(outcome.adapterRecordsBase)
            #expect(outcome.parity.passed)
            #expect(outcome.parity.prompts.count == 4)
            #expect(outcome.parity.baseVsAdapterMaxAbsLogitDifference > 100 * outcome.parity.maxAbsLogitDifference)
            #expect(try BaseModelFiles(path: outcome.model).configuration.layers == 2)
            #expect(try entries(folder + "/deep") == ["merged"])
        }
    }

    @Test("An adapter that PEFT wrote records no base, and the outcome says so")
    func unrecorded() throws {
        try withTemporaryFolder { folder in
            let outcome = try merge("all-linear", cache: folder).run(to: folder + "/merged")
            #expect(!outcome.adapterRecordsBase)
        }
    }

    @Test("What exists is not touched")
    func existing() throws {
        try withTemporaryFolder { folder in
            let output = folder + "/merged"
            try Data("mine".utf8).write(to: URL(fileURLWithPath: output))
            let error = #expect(throws: PipelineError.self) { try merge("all-linear", cache: folder).run(to: output) }
            #expect(error?.code == .rejected)
            #expect(try String(contentsOfFile: output, encoding: .utf8) == "mine")
        }
    }

    @Test("An adapter of another base is refused, and nothing is left")
    func anotherBase() throws {
        try withTemporaryFolder { folder in
            let error = #expect(throws: AdaptersError.self) {
                try merge("lorad-0.1.0", into: "llama-tiny/untied", cache: folder).run(to: folder + "/merged")
            }
            #expect(error?.code == .mismatch)
            let left = try entries(folder)
            #expect(left.isEmpty)
        }
    }

    @Test("What a model needs beside its weights, and its terms, come along; nothing else does")
    func companions() throws {
        try withTemporaryFolder { folder in
            let base = folder + "/base"
            try FileManager.default.copyItem(atPath: Fixtures.path("llama-tiny/base"), toPath: base)
            let templates = base + "/additional_chat_templates"
            try FileManager.default.createDirectory(atPath: templates, withIntermediateDirectories: true)
            let carried = [
                "LICENSE", "LICENSE.txt", "NOTICE.md", "USE_POLICY.md", "tokenizer.model", "special_tokens_map.json",
                "added_tokens.json", "chat_template.json", "generation_config.json",
                "additional_chat_templates/tool_use.jinja",
            ]
            let left = ["README.md", "training_args.bin", "additional_chat_templates/notes.txt"]
            for name in carried + left {
                try Data("{}".utf8).write(to: URL(fileURLWithPath: "\(base)/\(name)"))
            }
            let merge = StandaloneMerge(
                base: base, adapter: Fixtures.path("adapters/all-linear"), format: .safetensors, dtype: .f32,
                hashCache: HashCache(file: folder + "/hashes.json"))
            _ = try merge.run(to: folder + "/merged")
            for name in carried {
                let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/merged/\(name)"))
                #expect(data == Data("{}".utf8), "\(name)")
            }
            for name in left { #expect(!FileManager.default.fileExists(atPath: "\(folder)/merged/\(name)"), "\(name)") }
        }
    }

    @Test("A head of its own under a flag that ties stays, and the merged config.json says so")
    func ownHead() throws {
        try withTemporaryFolder { folder in
            let base = folder + "/base"
            try FileManager.default.copyItem(atPath: Fixtures.path("llama-tiny/base"), toPath: base)
            let files = try BaseModelFiles(path: base)
            #expect(files.configuration.tieWordEmbeddings)
            var entries = try files.tensorNames.map { name in
                let info = try #require(files.info(name))
                let matrix = Matrix(rows: info.rows, columns: info.columns)
                try files.read(name, into: matrix)
                return TensorEntry(name: name, matrix: matrix, shape: info.shape)
            }
            let table = try #require(files.info("model.embed_tokens.weight"))
            let head = Matrix(rows: table.rows, columns: table.columns)
            try files.read("model.embed_tokens.weight", into: head)
            head[7, 3] += 1
            entries.append(TensorEntry(name: "lm_head.weight", matrix: head))
            try SafetensorsWriter.write(entries, to: base + "/model.safetensors")
            let merge = StandaloneMerge(
                base: base, adapter: Fixtures.path("adapters/all-linear"), format: .safetensors, dtype: .f32,
                hashCache: HashCache(file: folder + "/hashes.json"))
            let outcome = try merge.run(to: folder + "/merged")
            #expect(outcome.parity.passed)
            let written = try JSONReader.parse(file: folder + "/merged/config.json")
            #expect(written["tie_word_embeddings"]?.boolValue == false)
            #expect(try BaseModelFiles(path: folder + "/merged").info("lm_head.weight") != nil)
        }
    }

    @Test("A merge that is stopped leaves nothing")
    func stopped() throws {
        try withTemporaryFolder { folder in
            #expect(throws: (any Error).self) {
                try merge("all-linear", cache: folder, stop: true).run(to: folder + "/merged")
            }
            let left = try entries(folder)
            #expect(left.isEmpty)
        }
    }
}
