import Adapters
import Foundation
import ModelFiles
import Pipeline
import TestSupport
import Testing
import Tokenizers
import Transformers

@Suite("Merged export")
struct MergedExportTests {
    /// A base with an adapter on every projection that moves its logits a long way.
    private struct Case {
        let files: BaseModelFiles
        let model: LanguageModel
        let adapter: Adapter

        init(_ base: String) throws {
            files = try BaseModelFiles(path: Fixtures.path("llama-tiny/\(base)"))
            model = try LanguageModel.load(files, dtype: .float32)
            let configuration = AdapterConfiguration(rank: 4, alpha: 8, targets: ["all-linear"])
            adapter = try Adapter.attach(configuration, to: model, seed: 1)
            for module in adapter.modules {
                let b = module.b.value
                for row in 0..<b.rows {
                    for column in 0..<b.columns { b[row, column] = 0.3 * sin(Float(7 * row + column)) }
                }
            }
        }

        func export(_ format: MergedFormat, _ dtype: FileDType, to folder: String) throws -> BaseModelFiles {
            try MergedExport(adapter, base: files, dtype: dtype).write(format, to: folder)
            return try BaseModelFiles(path: format.modelPath(in: folder))
        }
    }

    private func batch() throws -> PackedBatch {
        try PackedBatch(reference: goldenList(Fixtures.json("llama-tiny/batch.json"))).labelledEverywhere()
    }

    @Test(
        "From either format to either, the model answers as base and adapter do, with the base's configuration",
        arguments: ["base", "base-f32.gguf", "base-q8_0.gguf", "untied", "untied-bf16.gguf"], MergedFormat.allCases)
    func answers(base: String, format: MergedFormat) throws {
        for (dtype, tolerance) in [(FileDType.f32, Float(0x1p-13)), (.bf16, 0x1p-5)] {
            try withTemporaryFolder { folder in
                let sample = try Case(base)
                let written = try sample.export(format, dtype, to: folder)
                #expect(written.configuration == sample.files.configuration)
                let model = try LanguageModel.load(written, dtype: .float32)
                let found = try model.logits(batch()).values
                let expected = try sample.model.logits(batch()).values
                // What parity allows of the largest logit.
                let allowed = tolerance * (expected.map(abs).max() ?? 0)
                #expect(firstDifference(found, expected, relative: 0, absolute: allowed) == nil)
                sample.adapter.setEnabled(false)
                let unadapted = try sample.model.logits(batch()).values
                #expect(firstDifference(found, unadapted, relative: 0, absolute: allowed) != nil)
            }
        }
    }

    @Test(
        "The tokenizer written gives the base's ids on every hard case",
        arguments: ["base", "base-f32.gguf"], MergedFormat.allCases)
    func tokenizer(base: String, format: MergedFormat) throws {
        try withTemporaryFolder { folder in
            let sample = try Case(base)
            let tokenizer = try TokenizerLoader.load(sample.export(format, .f32, to: folder))
            let cases = try goldenList(Fixtures.json("tokenizers/hard_cases.json")["tiny"])
            #expect(cases.count > 200)
            for row in cases {
                let text = try #require(row["text"]?.stringValue)
                let expected = row["ids"]?.arrayValue?.compactMap(\.intValue)
                #expect(tokenizer.encode(text, allowSpecial: true) == expected, "\(text.debugDescription)")
            }
            #expect(tokenizer.bosTokenID == 1)
            #expect(tokenizer.eosTokenID == 2)
            let merged = try BaseModelFiles(path: format.modelPath(in: folder))
            #expect(try ChatTemplate.load(merged, tokenizer: TokenizerLoader.load(merged))?.known == .chatML)
        }
    }

    @Test("A GGUF made from a folder has the tokenizer hash of the GGUF that the gguf package makes of it")
    func tokenizerHash() throws {
        try withTemporaryFolder { folder in
            let written = try Case("base").export(.gguf, .f32, to: folder)
            let reference = try BaseModelFiles(path: Fixtures.path("llama-tiny/base-f32.gguf"))
            #expect(try ContentHash.ofTokenizer(written) == ContentHash.ofTokenizer(reference))
        }
    }

    @Test("A GGUF made from a GGUF has its metadata and types, but for the adapted projections")
    func sameGGUF() throws {
        try withTemporaryFolder { folder in
            let base = try BaseModelFiles(path: Fixtures.path("llama-tiny/base-q8_0.gguf"))
            let model = try LanguageModel.load(base, dtype: .float32)
            let adapter = try Adapter.load(folder: Fixtures.path("adapters/query-value"), into: model)
            try MergedExport(adapter, base: base, dtype: .bf16).write(.gguf, to: folder)
            let written = try GGUFFile(path: folder + "/model.gguf")
            let original = try #require(base.gguf)
            #expect(
                written.metadata.filter { $0.key != "general.file_type" }
                    == original.metadata.filter { $0.key != "general.file_type" })
            for (name, info) in original.tensors {
                let isAdapted = name.contains("attn_q") || name.contains("attn_v")
                #expect(written.tensors[name]?.dtype == (isAdapted ? .bf16 : info.dtype), "\(name)")
            }
        }
    }

    @Test("config.json names the type that the weights are stored in, and keeps what else the base says")
    func configuration() throws {
        try withTemporaryFolder { folder in
            _ = try Case("base").export(.safetensors, .bf16, to: folder)
            let config = try JSONReader.parse(file: folder + "/config.json")
            let base = try Fixtures.json("llama-tiny/base/config.json")
            #expect(config["dtype"]?.stringValue == "bfloat16")
            #expect(config.objectValue?.keys == base.objectValue?.keys)
            #expect(config["pretraining_tp"]?.intValue == 1)
        }
    }

    @Test("A tokenizer that a GGUF cannot describe is refused, naming why")
    func refusedTokenizer() throws {
        try withTemporaryFolder { folder in
            let base = folder + "/base"
            try FileManager.default.copyItem(atPath: Fixtures.path("llama-tiny/base"), toPath: base)
            let file = base + "/tokenizer.json"
            let text = try String(contentsOfFile: file, encoding: .utf8)
            let composing = text.replacingOccurrences(
                of: "\"normalizer\": null", with: "\"normalizer\": {\"type\": \"NFC\"}")
            #expect(composing != text)
            try Data(composing.utf8).write(to: URL(fileURLWithPath: file))
            let files = try BaseModelFiles(path: base)
            let model = try LanguageModel.load(files, dtype: .float32)
            let adapter = try Adapter.load(folder: Fixtures.path("adapters/all-linear"), into: model)
            let error = #expect(throws: TokenizersError.self) {
                try MergedExport(adapter, base: files, dtype: .f32).write(.gguf, to: folder)
            }
            #expect(error?.code == .unsupported)
            #expect(error?.message.contains("NFC") == true)
        }
    }
}
