import Adapters
import Foundation
import ModelFiles
import Tensors
import TestSupport
import Testing
import Training
import Transformers

extension ReferenceAdapter {
    /// Beside modules or biases that were trained whole.
    static let trainedModules = [
        "head", "tables", "neox-head", "parts", "conv1d", "norms", "bitfit-norms", "bias-all", "bias-lora-only",
    ].map(trained)

    fileprivate static func trained(_ name: String) -> ReferenceAdapter {
        ReferenceAdapter(kind: "trained-modules", name: name)
    }
}

@Suite("LoRA beside what is trained whole, against PEFT's values")
struct TrainedModulesTests {
    @Test("PEFT's files give PEFT's logits, and without them the base's", arguments: ReferenceAdapter.trainedModules)
    func logits(_ tested: ReferenceAdapter) throws {
        try tested.expectLogits()
    }

    @Test("Merged weights answer as PEFT's own merge does", arguments: ReferenceAdapter.trainedModules)
    func merged(_ tested: ReferenceAdapter) throws {
        try withTemporaryFolder { folder in
            let base = try tested.fixture().base()
            let (_, adapter) = try tested.attached()
            try MergedWeights.writeOverlay(adapter, base: base, dtype: .f32, to: folder + "/merged.safetensors")
            let source = try MergedSource(base: base, overlay: folder + "/merged.safetensors")
            let model = try LanguageModel.load(source, dtype: .float32)
            let found = try model.logits(tested.fixture().batch().labelledEverywhere()).values
            let expected = try tested.tensor("merged_logits").values
            #expect(firstDifference(found, expected, relative: 1e-4, absolute: 3e-4) == nil)
        }
    }

    @Test("Gradients of every tensor equal PyTorch's", arguments: ReferenceAdapter.trainedModules)
    func gradients(_ tested: ReferenceAdapter) throws {
        try tested.expectGradients()
    }

    @Test("Ten AdamW steps have PyTorch's losses within a relative 1e-4", arguments: ReferenceAdapter.trainedModules)
    func losses(_ tested: ReferenceAdapter) throws {
        try tested.expectLosses()
    }

    @Test("What lorad writes is what it read: names, shapes and values", arguments: ReferenceAdapter.trainedModules)
    func roundTrip(_ tested: ReferenceAdapter) throws {
        // Of norms stored as w - 1 the last bit is rounding.
        let (_, adapter, again) = try tested.expectRoundTrip(within: 2e-7)
        #expect(again.configuration.savedModules == adapter.configuration.savedModules)
        #expect(again.configuration.bias == adapter.configuration.bias)
    }

    @Test("Names and expressions mean modules, the outermost of those within one another")
    func names() throws {
        let model = try FamilyFixture(name: "llama-biases").model()
        #expect(
            try TrainedModules.paths(["layers.1.mlp", "up_proj"], on: model) == [
                "model.layers.0.mlp.up_proj", "model.layers.1.mlp",
            ])
        #expect(try TrainedModules.paths(["layers\\.[01]\\.input_layernorm"], on: model).count == 2)
        #expect(try TrainedModules.paths(["model.norm"], on: model) == ["model.norm"])
        let error = #expect(throws: AdaptersError.self) { try TrainedModules.paths(["wte"], on: model) }
        #expect(error?.code == .unknownTarget && error?.advice?.contains("embed_tokens") == true)
        let tied = try FamilyFixture(name: "gemma").model()
        let refusal = #expect(throws: AdaptersError.self) { try TrainedModules.paths(["embed_tokens"], on: tied) }
        #expect(refusal?.code == .unsupported && refusal?.message.contains("same table") == true)
        #expect(throws: AdaptersError.self) { try TrainedModules.paths(["lm_head"], on: tied) }
    }

    @Test("GPT-NeoX's head goes by transformers' path for it, and by the one that checkpoints and transformers 4 have")
    func formerNames() throws {
        let tested = ReferenceAdapter.trained("neox-head")
        let expected = try tested.attached().adapter
        #expect(expected.configuration.savedModules == ["lm_head"])
        for name in ["lm_head", "embed_out"] {
            #expect(try TrainedModules.paths([name], on: tested.fixture().model()) == ["lm_head"])
        }
        try withTemporaryFolder { folder in
            let weights = try SafetensorsFile(path: tested.folder + "/adapter_model.safetensors")
            let entries = try weights.tensors.values.map { info in
                let matrix = Matrix(rows: info.rows, columns: info.columns)
                try weights.read(info.name, into: matrix)
                let name = info.name.replacingOccurrences(of: ".lm_head.", with: ".embed_out.")
                return TensorEntry(name: name, matrix: matrix, shape: info.shape)
            }
            #expect(entries.contains { $0.name == "base_model.model.embed_out.weight" })
            try SafetensorsWriter.write(entries, to: folder + "/adapter_model.safetensors")
            let file = "/adapter_config.json"
            let text = try String(contentsOfFile: tested.folder + file, encoding: .utf8)
            try text.replacingOccurrences(of: "\"lm_head\"", with: "\"embed_out\"")
                .write(toFile: folder + file, atomically: true, encoding: .utf8)
            let read = try Adapter.load(folder: folder, into: tested.fixture().model())
            #expect(read.configuration.savedModules == ["lm_head"])
            #expect(read.parameters.map(\.name) == expected.parameters.map(\.name))
            #expect(read.parameters.map(\.value.values) == expected.parameters.map(\.value.values))
        }
    }

    @Test("Of norms that BitFit saves the weights are the base's; files with others, or without, are refused")
    func untrainedWeights() throws {
        let tested = ReferenceAdapter.trained("bitfit-norms")
        let weights = try SafetensorsFile(path: tested.folder + "/adapter_model.safetensors")
        let changed = "base_model.model.gpt_neox.layers.1.input_layernorm.weight"
        func told(_ change: (Matrix) -> TensorEntry?) throws -> AdaptersError? {
            try withTemporaryFolder { folder in
                let entries = try weights.tensors.values.compactMap { info -> TensorEntry? in
                    let matrix = Matrix(rows: info.rows, columns: info.columns)
                    try weights.read(info.name, into: matrix)
                    return info.name == changed
                        ? change(matrix) : TensorEntry(name: info.name, matrix: matrix, shape: info.shape)
                }
                try SafetensorsWriter.write(entries, to: folder + "/adapter_model.safetensors")
                try FileManager.default.copyItem(
                    atPath: tested.folder + "/adapter_config.json", toPath: folder + "/adapter_config.json")
                let model = try tested.fixture().model()
                return #expect(throws: AdaptersError.self) { try Adapter.load(folder: folder, into: model) }
            }
        }
        let other = try told { matrix in
            matrix[0, 3] += 1e-6
            return TensorEntry(name: changed, matrix: matrix, shape: [matrix.columns])
        }
        #expect(other?.code == .unsupported && other?.message.contains(changed) == true)
        #expect(try told { _ in nil }?.message.contains("\(changed) is missing") == true)
    }

    @Test(
        "The norms with biases are all that has any beside projections, or the bias of another module is named",
        arguments: [
            ("gpt2", 5, nil), ("opt", 5, nil), ("llama-biases", 0, nil), ("bert-pair", 5, nil),
            ("deberta", nil, "q_bias"), ("deberta-v2-convolution", nil, "conv"),
        ] as [(String, Int?, String?)])
    func biasedNorms(name: String, count: Int?, other: String?) throws {
        let isClassifier = ClassifierCase.names.contains(name)
        let model = try isClassifier ? ClassifierCase(name: name).model() : FamilyFixture(name: name).model()
        guard let other else {
            let norms = try TrainedModules.biasedNorms(on: model)
            #expect(norms.count == count && Set(norms).count == count)
            return
        }
        let error = #expect(throws: AdaptersError.self) { try TrainedModules.biasedNorms(on: model) }
        #expect(error?.code == .unsupported && error?.message.contains(other) == true, "\(error?.message ?? "")")
    }

    @Test("A run stopped and resumed ends in the same bits")
    func resumed() throws {
        var settings = AdapterConfiguration(rank: 2, alpha: 4, dropout: 0.1, targets: ["q_proj"])
        settings.savedModules = ["model.layers.1.mlp"]
        settings.bias = .all
        try expectSameBitsWhenResumed(settings, on: "llama-biases")
    }

    @Test(
        "Neither llama.cpp's files nor compositions have a place for them, and a base without biases has none to train")
    func refused() throws {
        let (_, adapter) = try ReferenceAdapter.trained("head").attached()
        let files = try ReferenceAdapter.trained("head").fixture().base()
        try withTemporaryFolder { folder in
            let error = #expect(throws: AdaptersError.self) {
                try GGUFAdapterFile.write(
                    adapter, configuration: files.configuration, name: "x", to: folder + "/x.gguf")
            }
            #expect(error?.code == .unsupported)
        }
        var settings = AdapterConfiguration(rank: 2, targets: ["q_proj"])
        settings.bias = .all
        let model = try FamilyFixture(name: "llama-yarn").model()
        let error = #expect(throws: AdaptersError.self) { try Adapter.attach(settings, to: model, seed: 1) }
        #expect(error?.message.contains("no bias to train") == true)
    }
}
