import Adapters
import Foundation
import ModelFiles
import Pipeline
import TestSupport
import Testing
import Transformers

@Suite("Merged export of the families that GGUF has")
struct FamilyExportTests {
    /// Those whose vocabulary is written to a folder.
    static let folderNames = ["qwen2", "qwen3", "gpt2", "llama3"]
    static let names = ["qwen2", "qwen3", "gemma2", "gemma3", "phi3", "phi3-longrope", "gpt2", "llama3", "gemma"]

    /// A base with an adapter on every projection that moves its logits.
    private struct Case {
        let files: BaseModelFiles
        let model: LanguageModel
        let adapter: Adapter

        init(_ path: String) throws {
            files = try BaseModelFiles(path: Fixtures.path(path))
            model = try LanguageModel.load(files, dtype: .float32)
            let configuration = AdapterConfiguration(rank: 4, alpha: 8, targets: ["all-linear"])
            adapter = try Adapter.attach(configuration, to: model, seed: 1)
            for module in adapter.modules {
                let b = module.b.value
                for row in 0..<b.rows {
                    for column in 0..<b.columns { b[row, column] = 0.2 * sin(Float(7 * row + column)) }
                }
            }
        }

        /// Writes the merged model and compares its answers with the adapter's.
        func check(_ format: MergedFormat) throws {
            try withTemporaryFolder { folder in
                try MergedExport(adapter, base: files, dtype: .f32).write(format, to: folder)
                let written = try BaseModelFiles(path: format.modelPath(in: folder))
                var batch = PackedBatch()
                batch.append(tokens: (0..<40).map { ($0 * 37 + 11) % 288 }, labels: [])
                batch = batch.labelledEverywhere()
                let found = try LanguageModel.load(written, dtype: .float32).logits(batch).values
                let expected = try model.logits(batch).values
                #expect(firstDifference(found, expected, relative: 1e-4, absolute: 3e-4) == nil)
                adapter.setEnabled(false)
                let unadapted = try model.logits(batch).values
                adapter.setEnabled(true)
                #expect(firstDifference(found, unadapted, relative: 1e-2, absolute: 1e-2) != nil)
            }
        }
    }

    @Test(
        "Merged into a GGUF, fused and transposed weights too, the model answers as the adapter does", arguments: names)
    func gguf(name: String) throws {
        try Case("gguf-families/\(name).gguf").check(.gguf)
    }

    @Test(
        "From a GGUF to a folder: config.json says what the metadata said", arguments: folderNames)
    func folder(name: String) throws {
        try Case("gguf-families/\(name).gguf").check(.safetensors)
    }

    @Test("The adapter alone, as llama.cpp takes it, is read back bit for bit", arguments: names)
    func adapter(name: String) throws {
        try withTemporaryFolder { folder in
            let sample = try Case("gguf-families/\(name).gguf")
            let path = folder + "/adapter.gguf"
            let configuration = sample.files.configuration
            try GGUFAdapterFile.write(sample.adapter, configuration: configuration, name: name, to: path)
            try GGUFAdapterFile.check(path, holds: sample.adapter, configuration: configuration)
        }
    }

    @Test(
        "What a GGUF written anew could not say is refused, not left out",
        arguments: ["llama-biases", "llama-linear", "qwen2", "gemma2", "gpt2", "opt"])
    func refused(name: String) throws {
        try withTemporaryFolder { folder in
            let sample = try Case("families/\(name)")
            #expect(throws: (any Error).self) {
                try MergedExport(sample.adapter, base: sample.files, dtype: .f32).write(.gguf, to: folder)
            }
            #expect(!FileManager.default.fileExists(atPath: folder + "/model.gguf"))
        }
    }
}
