import Adapters
import Foundation
import ModelFiles
import Tensors
import TestSupport
import Testing
import Transformers

@Suite("adapter_config.json as PEFT reads it (scripts/reference/adapter_configurations.py)")
struct AdapterConfigurationTests {
    private static let document = try? Fixtures.json("adapters/configurations.json")
    private static let cases = document?["cases"]?.arrayValue ?? []
    private static let expressions = document?["expressions"]?.arrayValue ?? []

    @Test("All cases are there")
    func complete() {
        #expect(Self.cases.count == 28)
        #expect(Self.expressions.count == 44)
    }

    @Test("PEFT's modules, ranks and logits", arguments: cases.indices)
    func computed(_ index: Int) throws {
        let document = try #require(Self.document)
        let sample = Self.cases[index]
        let configuration = try #require(sample["config"])
        let ranks = try #require(sample["ranks"]?.objectValue).members.map { ($0.key, $0.value.intValue ?? 0) }
        try withTemporaryFolder { folder in
            try write(configuration, cut(Dictionary(uniqueKeysWithValues: ranks)), to: folder)
            let model = try Fixtures.tinyModel()
            let adapter = try Adapter.load(folder: folder, into: model)
            let found = Dictionary(uniqueKeysWithValues: adapter.modules.map { ($0.slot.name, $0.a.value.rows) })
            #expect(found == Dictionary(uniqueKeysWithValues: ranks))
            let ids = try goldenIntegers(document["ids"])
            var batch = PackedBatch()
            batch.append(tokens: ids, labels: [(ids.count - 1, 0)])
            let expected = try goldenNumbers(sample["logits"]).map { Float($0) }
            #expect(expected.count == 64)
            let logits = Array(try model.logits(batch).values.prefix(expected.count))
            #expect(firstDifference(logits, expected, relative: 1e-4, absolute: 3e-4) == nil, "\(configuration)")
        }
    }

    @Test("Expressions match the paths that Python's re.fullmatch does", arguments: expressions.indices)
    func expression(_ index: Int) throws {
        let text = try #require(Self.expressions[index]["expression"]?.stringValue)
        let paths = try goldenTexts(Self.document?["paths"])
        #expect(paths.count == 7)
        let pattern = try ModulePattern(text)
        let expected = Self.expressions[index]["matches"]?.arrayValue?.compactMap(\.stringValue)
        #expect(paths.filter(pattern.matches) == expected, "\(text)")
    }

    @Test(
        "Expressions that lorad does not match, or that are none, are refused",
        arguments: [
            "(", ")", "a)", "[a", "*a", "a**", "a*+", #"(a)\1"#, "(?i)a", "(?<=a)b", "(?>a)b", #"\p{L}"#, "a\\",
            "[b-a]",
            "a{2,1}", "a{1001}", "(?P<x a)",
        ])
    func noExpression(_ text: String) {
        let error = #expect(throws: AdaptersError.self) { try ModulePattern(text) }
        #expect(error?.code == .unsupported)
        #expect(error?.message.contains(text.prefix(200)) == true)
    }

    @Test("An expression that would take a backtracking matcher for ever is answered at once")
    func noBacktracking() throws {
        let path = String(repeating: "a", count: 200) + "!"
        let seconds = try processorSeconds { () throws in
            #expect(try !ModulePattern("((a*)*)*b").matches(path))
            #expect(try !ModulePattern("(a|a)*(a|aa)*b").matches(path))
        }
        #expect(seconds < 20)
        #expect(throws: AdaptersError.self) { try ModulePattern(String(repeating: "(", count: 100_000)) }
        #expect(throws: AdaptersError.self) { try ModulePattern(String(repeating: "(", count: 500)) }
    }

    @Test(
        "What makes an adapter more than a plain one is refused by name",
        arguments: [
            (#""init_lora_weights": "pissa""#, "pissa"), (#""init_lora_weights": "pissa_niter_16""#, "pissa_niter_16"),
            (#""init_lora_weights": "olora""#, "olora"), (#""init_lora_weights": "corda""#, "corda"),
            (#""init_lora_weights": "loftq""#, "loftq"), (#""init_lora_weights": "lora_ga""#, "lora_ga"),
            (#""init_lora_weights": "mica""#, "mica"), (#""lora_bias": true"#, "lora_bias"),
            (#""layer_replication": [[0, 1]]"#, "layer_replication"), (#""use_qalora": true"#, "use_qalora"),
            (#""target_parameters": ["x"]"#, "target_parameters"),
            (#""trainable_token_indices": [3]"#, "trainable_token_indices"),
            (#""megatron_config": {"x": 1}"#, "megatron_config"), (#""alora_invocation_tokens": [1]"#, "alora"),
            (#""modules_to_save": ["lm_head"]"#, "'lm_head'"), (#""arrow_config": {"top_k": 3}"#, "arrow_config"),
        ])
    func refused(_ member: String, _ name: String) throws {
        let error = try failure(#"{"peft_type": "LORA", "r": 4, "target_modules": ["q_proj"], \#(member)}"#)
        #expect(error.code == .unsupported)
        #expect(error.message.contains(name), "\(error.message)")
        #expect(error.cause != nil)
    }

    @Test(
        "Fields of the wrong kind are refused, never read as nothing",
        arguments: [
            #""target_modules": ["q_proj", 7]"#, #""target_modules": null"#, #""target_modules": []"#,
            #""target_modules": "q_proj", "layers_to_transform": [0]"#,
            #""target_modules": ["q_proj"], "layers_pattern": "layers""#,
            #""target_modules": ["q_proj"], "rank_pattern": {"q_proj": 0}"#,
            #""target_modules": ["q_proj"], "alpha_pattern": {"q_proj": "8"}"#,
            #""target_modules": ["q_proj"], "modules_to_save": "score""#,
            #""target_modules": ["q_proj"], "exclude_modules": [1]"#,
            #""target_modules": ["q_proj"], "init_lora_weights": 3"#,
        ])
    func malformed(_ members: String) throws {
        let error = try failure(#"{"peft_type": "LORA", "r": 4, \#(members)}"#)
        #expect(error.code == .malformed, "\(error.message)")
    }

    @Test(
        "Settings of other methods that say nothing, too much or what cannot be are refused",
        arguments: [
            (#""PROMPT_TUNING""#, AdaptersErrorCode.malformed),
            (#""PREFIX_TUNING", "num_virtual_tokens": 0"#, .malformed),
            (#""PREFIX_TUNING", "num_virtual_tokens": "4""#, nil),
            (#""PROMPT_TUNING", "num_virtual_tokens": 4, "num_transformer_submodules": 2"#, .unsupported),
            (#""PROMPT_TUNING", "num_virtual_tokens": 256"#, .unsupported),
            (#""PROMPT_TUNING", "num_virtual_tokens": 4, "target_r": 2"#, .unsupported),
            (#""P_TUNING", "num_virtual_tokens": 4"#, .unsupported),
            (#""LORAD_BOTTLENECK", "variant": "fusion", "reduction_factor": 4"#, .malformed),
            (#""LORAD_BOTTLENECK", "variant": "houlsby", "reduction_factor": 0"#, .malformed),
            (#""LORAD_BOTTLENECK", "variant": "houlsby", "reduction_factor": 33"#, .unsupported),
            (#""ADALORA", "target_modules": ["q_proj"], "init_r": 0"#, .malformed),
            (#""ADALORA", "target_modules": ["q_proj"], "init_r": 99999999"#, .malformed),
            (
                #""ADALORA", "target_modules": ["q_proj"], "init_r": 3, "rank_pattern": {"a.lora_E": [true, false]}"#,
                .malformed
            ),
            (
                #""ADALORA", "target_modules": ["q_proj"], "init_r": 2, "rank_pattern": {"a.lora_E": [true, 1]}"#,
                .malformed
            ),
            (#""ADALORA", "target_modules": ["q_proj"], "init_r": 2, "rank_pattern": {"a": [true, true]}"#, .malformed),
            (#""PROMPT_TUNING", "num_virtual_tokens": 4"#, .mismatch),
            (#""ADALORA", "target_modules": ["q_proj"]"#, .mismatch),
        ])
    func otherMethods(_ members: String, _ code: AdaptersErrorCode?) throws {
        try withTemporaryFolder { folder in
            let text = #"{"peft_type": \#(members)}"#
            try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/adapter_config.json"))
            try SafetensorsWriter.write([], to: folder + "/adapter_model.safetensors")
            let error = #expect(throws: (any Error).self) {
                try Adapter.load(folder: folder, into: Fixtures.tinyModel())
            }
            #expect((error as? AdaptersError)?.code == code, "\(String(describing: error))")
        }
    }

    @Test("Targets of which the base has none are refused with what there is")
    func noTarget() throws {
        let error = try failure(#"{"peft_type": "LORA", "r": 4, "target_modules": ["c_attn", "lm_head"]}"#)
        #expect(error.code == .unknownTarget)
        #expect(error.message.contains("'c_attn'") && error.advice?.contains("q_proj") == true)
    }

    @Test("Tensors that still carry the adapter's name are read; the same one twice is refused")
    func defaultNames() throws {
        try withTemporaryFolder { folder in
            let ranks = ["model.layers.0.self_attn.q_proj": 4]
            let configuration = #"{"peft_type": "LORA", "r": 4, "target_modules": ["0.self_attn.q_proj"]}"#
            let tensors = try cut(ranks)
            let named = tensors.map { $0.renamed($0.name.replacingOccurrences(of: ".weight", with: ".default.weight")) }
            try write(JSONReader.parse(configuration, name: "x"), named, to: folder)
            let model = try Fixtures.tinyModel()
            let adapter = try Adapter.load(folder: folder, into: model)
            #expect(adapter.modules[0].b.value.values.contains { $0 != 0 })
            adapter.detach()
            try write(JSONReader.parse(configuration, name: "x"), named + tensors, to: folder)
            let error = #expect(throws: AdaptersError.self) { try Adapter.load(folder: folder, into: model) }
            #expect(error?.message.contains("under two names") == true)
        }
    }

    @Test("Adapted modules without a place, and trained biases, are named")
    func otherModules() throws {
        let prefix = "base_model.model."
        let cases = [
            (prefix + "lm_head.lora_A.weight", "'lm_head'"),
            (prefix + "model.embed_positions.lora_embedding_A", "'model.embed_positions'"),
            (prefix + "model.layers.0.self_attn.q_proj.base_layer.bias", "trained biases"),
        ]
        for (name, part) in cases {
            try withTemporaryFolder { folder in
                let extra = TensorEntry(name: name, matrix: Matrix(rows: 1, columns: 4))
                let tensors = try cut(["model.layers.0.self_attn.q_proj": 4]) + [extra]
                let text = #"{"peft_type": "LORA", "r": 4, "target_modules": ["0.self_attn.q_proj", "lm_head"]}"#
                try write(JSONReader.parse(text, name: "x"), tensors, to: folder)
                let error = #expect(throws: AdaptersError.self) {
                    try Adapter.load(folder: folder, into: Fixtures.tinyModel())
                }
                #expect(error?.code == .unsupported)
                #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
            }
        }
    }

    @Test("An embedding's update that the configuration does not name is unexpected, as a projection's is")
    func unnamedModules() throws {
        for ending in ["self_attn.v_proj.lora_A.weight", "embed_tokens.lora_embedding_A"] {
            try withTemporaryFolder { folder in
                let name = "base_model.model.model." + (ending.hasPrefix("self") ? "layers.0." : "") + ending
                let extra = TensorEntry(name: name, matrix: Matrix(rows: 1, columns: 4))
                let tensors = try cut(["model.layers.0.self_attn.q_proj": 4]) + [extra]
                let text = #"{"peft_type": "LORA", "r": 4, "target_modules": ["0.self_attn.q_proj"]}"#
                try write(JSONReader.parse(text, name: "x"), tensors, to: folder)
                let error = #expect(throws: AdaptersError.self) {
                    try Adapter.load(folder: folder, into: Fixtures.tinyModel())
                }
                #expect(error?.code == .mismatch && error?.message.contains(name + " is unexpected") == true)
            }
        }
    }

    @Test("A pickled file is named with the command that converts it; an adapter with NaN is refused")
    func otherWeights() throws {
        try withTemporaryFolder { folder in
            let text = #"{"peft_type": "LORA", "r": 4, "target_modules": ["0.self_attn.q_proj"]}"#
            try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/adapter_config.json"))
            try Data("x".utf8).write(to: URL(fileURLWithPath: folder + "/adapter_model.bin"))
            let model = try Fixtures.tinyModel()
            let pickled = #expect(throws: AdaptersError.self) { try Adapter.load(folder: folder, into: model) }
            #expect(pickled?.message.contains("adapter_model.bin") == true)
            #expect(pickled?.advice?.contains("save_file") == true)
            let broken = try cut(["model.layers.0.self_attn.q_proj": 4]).map { entry in
                TensorEntry(
                    name: entry.name,
                    matrix: Matrix(
                        [Float](repeating: .nan, count: entry.shape[0] * entry.shape[1]), rows: entry.shape[0],
                        columns: entry.shape[1]))
            }
            try write(JSONReader.parse(text, name: "x"), broken, to: folder)
            let error = #expect(throws: AdaptersError.self) { try Adapter.load(folder: folder, into: model) }
            #expect(error?.code == .notFinite)
            #expect(model.slots.allSatisfy { $0.adapter == nil })
        }
    }

    @Test("Ranks and factors of their own merge as they answer, and go into a GGUF's B")
    func merged() throws {
        try withTemporaryFolder { folder in
            let text = #"""
                {"peft_type": "LORA", "r": 4, "lora_alpha": 8, "target_modules": ["q_proj", "v_proj"],
                 "use_rslora": true, "rank_pattern": {"v_proj": 2}, "alpha_pattern": {"v_proj": 3}}
                """#
            var ranks: [String: Int] = [:]
            for layer in 0..<2 {
                ranks["model.layers.\(layer).self_attn.q_proj"] = 4
                ranks["model.layers.\(layer).self_attn.v_proj"] = 2
            }
            try write(JSONReader.parse(text, name: "x"), cut(ranks), to: folder)
            let base = try BaseModelFiles(path: Fixtures.path("llama-tiny/base"))
            let model = try LanguageModel.load(base, dtype: .float32)
            let adapter = try Adapter.load(folder: folder, into: model)
            try MergedWeights.writeOverlay(adapter, base: base, dtype: .f32, to: folder + "/merged.safetensors")
            let rows = try goldenList(Fixtures.json("llama-tiny/batch.json"))
            let batch = try PackedBatch(reference: rows).labelledEverywhere()
            let merged = try LanguageModel.load(
                MergedSource(base: base, overlay: folder + "/merged.safetensors"), dtype: .float32)
            let difference = firstDifference(
                try merged.logits(batch).values, try model.logits(batch).values, relative: 1e-4, absolute: 1e-4)
            #expect(difference == nil)

            let path = folder + "/adapter.gguf"
            try GGUFAdapterFile.write(adapter, configuration: base.configuration, name: "x", to: path)
            try GGUFAdapterFile.check(path, holds: adapter, configuration: base.configuration)
            let file = try GGUFFile(path: path)
            guard case .float32(let alpha)? = file.metadata["adapter.lora.alpha"] else {
                Issue.record("no alpha")
                return
            }
            for module in adapter.modules where module.slot.name.hasSuffix("v_proj") {
                let layer = module.slot.name.split(separator: ".")[2]
                let b = Matrix(rows: module.b.value.rows, columns: 2)
                try file.read("blk.\(layer).attn_v.weight.lora_b", into: b)
                // llama.cpp's factor is alpha over the pair's own rank.
                let found = b.values.map { $0 * alpha / 2 }
                let expected = module.b.value.values.map { $0 * 3 / Float(2).squareRoot() }
                #expect(firstDifference(found, expected, relative: 1e-6, absolute: 1e-7) == nil)
            }
            try adapter.save(
                folder: folder, identity: BaseIdentity(baseSHA256: "a", tokenizerSHA256: "b"), baseModel: "x")
            adapter.detach()
            let again = try Adapter.load(folder: folder, into: model)
            #expect(again.modules.map(\.place.rank) == adapter.modules.map(\.place.rank))
            #expect(again.modules.map(\.place.scaling) == adapter.modules.map(\.place.scaling))
            #expect(again.parameters.map(\.value.values) == adapter.parameters.map(\.value.values))
        }
    }

    private func failure(_ text: String) throws -> AdaptersError {
        try withTemporaryFolder { folder in
            try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/adapter_config.json"))
            try SafetensorsWriter.write([], to: folder + "/adapter_model.safetensors")
            let error = #expect(throws: AdaptersError.self) {
                try Adapter.load(folder: folder, into: Fixtures.tinyModel())
            }
            return try #require(error)
        }
    }

    /// Pairs of the given ranks, cut out of the fixture's.
    private func cut(_ ranks: [String: Int]) throws -> [TensorEntry] {
        try ranks.sorted { $0.key < $1.key }.flatMap { module, rank -> [TensorEntry] in
            let file = "adapters/all-linear/adapter_model.safetensors"
            let (a, b) = ("base_model.model.\(module).lora_A.weight", "base_model.model.\(module).lora_B.weight")
            let wholeB = try Fixtures.tensor(b, in: file)
            let cutB = Matrix(rows: wholeB.rows, columns: rank)
            cutB.copy(from: wholeB.columns(0..<rank))
            return [
                TensorEntry(name: a, matrix: try Fixtures.tensor(a, in: file).rows(0..<rank)),
                TensorEntry(name: b, matrix: cutB),
            ]
        }
    }

    private func write(_ configuration: JSONValue, _ tensors: [TensorEntry], to folder: String) throws {
        let text = JSONText.document(configuration)
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/adapter_config.json"))
        try SafetensorsWriter.write(tensors, to: folder + "/adapter_model.safetensors")
    }
}
