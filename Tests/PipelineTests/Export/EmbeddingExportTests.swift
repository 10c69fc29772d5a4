import Adapters
import Foundation
import ModelFiles
import Pipeline
import Tensors
import TestSupport
import Testing
import Tokenizers
import Transformers

@Suite("Adapters of an embedding, merged and exported")
struct EmbeddingExportTests {
    /// A base with an adapter on its embedding and every projection that moves its logits a long way.
    private struct Case {
        let files: BaseModelFiles
        let model: LanguageModel
        let adapter: Adapter

        init(_ path: String) throws {
            files = try BaseModelFiles(path: Fixtures.path(path))
            model = try LanguageModel.load(files, dtype: .float32)
            let table = try #require(model.moduleSlots.last)
            adapter = try Adapter.attach(
                AdapterConfiguration(rank: 4, alpha: 8, targets: ["all-linear", table.name]), to: model, seed: 1)
            for parameter in adapter.parameters where parameter.name.contains("embedding_A") {
                for row in 0..<parameter.value.rows {
                    for column in 0..<parameter.value.columns {
                        parameter.value[row, column] = 0.1 * sin(Float(7 * row + column))
                    }
                }
            }
        }

        func write(_ format: MergedFormat, _ dtype: FileDType, to folder: String) throws -> BaseModelFiles {
            try MergedExport(adapter, base: files, dtype: dtype).write(format, to: folder)
            return try BaseModelFiles(path: format.modelPath(in: folder))
        }

        /// Whether a written model answers as base and adapter, and not as the base.
        func check(_ written: BaseModelFiles, tolerance: Float) throws {
            var batch = PackedBatch()
            batch.append(tokens: (0..<40).map { ($0 * 37 + 11) % 288 }, labels: [])
            batch = batch.labelledEverywhere()
            let found = try LanguageModel.load(written, dtype: .float32).logits(batch).values
            let expected = try model.logits(batch).values
            let allowed = tolerance * (expected.map(abs).max() ?? 0)
            #expect(firstDifference(found, expected, relative: 0, absolute: allowed) == nil)
            adapter.setEnabled(false)
            let unadapted = try model.logits(batch).values
            adapter.setEnabled(true)
            #expect(firstDifference(found, unadapted, relative: 0, absolute: allowed) != nil)
        }
    }

    @Test(
        "From either format to either, tied or not, the model answers as base and adapter do, with a head of its own",
        arguments: ["base", "base-f32.gguf", "base-q8_0.gguf", "untied", "untied-bf16.gguf"], MergedFormat.allCases)
    func answers(base: String, format: MergedFormat) throws {
        for (dtype, tolerance) in [(FileDType.f32, Float(0x1p-13)), (.bf16, 0x1p-5)] {
            try withTemporaryFolder { folder in
                let sample = try Case("llama-tiny/\(base)")
                #expect(sample.files.configuration.tieWordEmbeddings == base.hasPrefix("base"))
                let written = try sample.write(format, dtype, to: folder)
                var expected = sample.files.configuration
                expected.tieWordEmbeddings = false
                #expect(written.configuration == expected)
                try sample.check(written, tolerance: tolerance)
                guard format == .safetensors else { return }
                let json = try JSONReader.parse(file: folder + "/config.json")
                #expect(json["tie_word_embeddings"]?.boolValue == false)
            }
        }
    }

    @Test("A head that parts from its embedding is quantised as one", arguments: ["base", "base-f32.gguf"])
    func requantised(base: String) throws {
        try withTemporaryFolder { folder in
            let sample = try Case("llama-tiny/\(base)")
            let written = try sample.write(.gguf, .q8_0, to: folder)
            let tensors = try #require(written.gguf).tensors
            #expect(tensors["output.weight"]?.dtype == .q8_0 && tensors["token_embd.weight"]?.dtype == .q8_0)
            try sample.check(written, tolerance: 0x1p-4)
        }
    }

    @Test(
        "Where llama.cpp knows no head beside the embedding a GGUF is refused; all else answers as base and adapter do",
        arguments: FamilyExportTests.names)
    func families(name: String) throws {
        try withTemporaryFolder { folder in
            let sample = try Case("gguf-families/\(name).gguf")
            let formats = FamilyExportTests.folderNames.contains(name) ? MergedFormat.allCases : [.gguf]
            for format in formats {
                let place = "\(folder)/\(format.rawValue)"
                try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
                let isRefused = format == .gguf && ["gemma", "gemma2", "gemma3", "gpt2"].contains(name)
                if isRefused {
                    let error = #expect(throws: ModelFilesError.self) { try sample.write(format, .f32, to: place) }
                    #expect(error?.code == .unsupported && error?.message.contains("no head of its own") == true)
                } else {
                    try sample.check(try sample.write(format, .f32, to: place), tolerance: 1e-4)
                }
            }
        }
    }

    @Test(
        "A job trains it, merges it and publishes a model that is not tied", arguments: ["none", "safetensors", "gguf"])
    func job(export: String) throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            let result = try bench.run(
                """
                adapter: {rank: 4, alpha: 8, targets: [q_proj, v_proj, embed_tokens], rank_pattern: {embed_tokens: 2}}
                training: {max_steps: 8, batch_size: 4, learning_rate: 2.0e-2, dtype: float32}
                merge: {export: \(export)}
                """)
            let report = result.report
            #expect(report.status == .succeeded, "\(report.reason ?? "")")
            #expect(report.parity?.passed == true)
            #expect(report.analysis.contains { $0.module == "model.embed_tokens" && $0.relativeFrobeniusNorm > 0 })
            #expect(report.provenance.adapter.targets == ["q_proj", "v_proj", "embed_tokens"])
            let model = try Fixtures.tinyModel()
            let adapter = try Adapter.load(folder: result.runFolder, into: model)
            #expect(adapter.adaptsEmbedding && adapter.modules.last?.place.rank == 2)
            if let format = MergedFormat(rawValue: export) {
                let merged = format.modelPath(in: "\(result.runFolder)/\(MergedFormat.runFolder)")
                #expect(try !BaseModelFiles(path: merged).configuration.tieWordEmbeddings)
            }
            var verification = RunVerification(result.runFolder, base: bench.base)
            #expect(try verification.run().passed)
        }
    }

    @Test("What a manifest cannot have with it is told before anything is trained")
    func mistakes() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            func told(_ adapter: String, _ training: String = "") throws -> String {
                try bench.mistakes(
                    """
                    adapter: {\(adapter)}
                    training: {max_steps: 2, batch_size: 2, dtype: float32\(training)}
                    """
                ).joined(separator: "\n")
            }
            let targets = "rank: 4, targets: [q_proj, embed_tokens]"
            #expect(try told(targets) == "")
            #expect(try told("method: hybrid, train_modules: [input_layernorm], " + targets) == "")
            #expect(try told("method: dora, " + targets).contains("'model.embed_tokens' is an embedding's table"))
            #expect(try told(targets + ", layers: [0]").contains("is in no layer"))
            #expect(try told(targets + ", init: pissa").contains("does not begin with pissa"))
            #expect(try told(targets, ", lora_plus_ratio: 4").contains("which PEFT trains at a third rate"))
            #expect(try told("rank: 4, targets: [embed_token]").contains("did you mean 'embed_tokens'"))
        }
    }

    /// An adapter of the embedding for a base, in a folder.
    private func adapter(_ base: String, in folder: String) throws -> String {
        let place = folder + "/adapter"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        let sample = try Case("llama-tiny/\(base)")
        let identity = BaseIdentity(try ContentHash.ofBase(sample.files))
        try sample.adapter.save(folder: place, identity: identity, baseModel: "base")
        return place
    }

    @Test("Each form that servers load has it, or refuses it by name", arguments: ["base", "base-f32.gguf"])
    func forms(base: String) throws {
        for target in ExportTargets.all {
            try withTemporaryFolder { folder in
                let export = AdapterExport(
                    name: "tickets", base: Fixtures.path("llama-tiny/\(base)"), adapter: try adapter(base, in: folder),
                    to: target, options: ExportOptions(), hashCache: HashCache(file: folder + "/hashes.json"))
                switch target.name {
                case "gguf-lora":
                    let error = #expect(throws: AdaptersError.self) { try export.run(to: folder + "/out") }
                    #expect(error?.cause?.contains("embedding") == true)
                case "vllm":
                    let error = #expect(throws: PipelineError.self) { try export.run(to: folder + "/out") }
                    #expect(error?.message.contains("embedding") == true)
                default:
                    let outcome = try export.run(to: folder + "/out")
                    #expect(!outcome.files.contains { $0.name == "adapter.gguf" })
                }
            }
        }
    }
}
