import Adapters
import Foundation
import ModelFiles
import Tensors
import TestSupport
import Testing
import Training
import Transformers

/// An adapter that PEFT wrote beside modules or biases that were trained whole, from
/// `scripts/reference/trained_modules.py`.
struct TrainedModulesCase: Sendable, CustomStringConvertible {
    static let all = [
        "head", "tables", "neox-head", "parts", "conv1d", "norms", "bitfit-norms", "bias-all", "bias-lora-only",
    ].map { TrainedModulesCase(name: $0) }

    let name: String
    var description: String { name }
    var folder: String { Fixtures.path("trained-modules/\(name)") }

    func reference() throws -> JSONValue { try Fixtures.json("trained-modules/\(name)/reference.json") }
    func fixture() throws -> FamilyFixture { FamilyFixture(name: try reference()["base"]?.stringValue ?? "") }
    func tensor(_ key: String) throws -> Matrix {
        try Fixtures.tensor(key, in: "trained-modules/\(name)/reference.safetensors")
    }
    func attached() throws -> (model: LanguageModel, adapter: Adapter) {
        let model = try fixture().model()
        return (model, try Adapter.load(folder: folder, into: model))
    }
}

@Suite("LoRA beside what is trained whole, against PEFT's values")
struct TrainedModulesTests {
    @Test("PEFT's files give PEFT's logits, and without them the base's", arguments: TrainedModulesCase.all)
    func logits(_ tested: TrainedModulesCase) throws {
        let (model, adapter) = try tested.attached()
        let batch = try tested.fixture().batch().labelledEverywhere()
        let expected = try tested.tensor("logits").values
        #expect(firstDifference(try model.logits(batch).values, expected, relative: 1e-4, absolute: 3e-4) == nil)
        adapter.setEnabled(false)
        let base = try tested.fixture().tensor("base.logits").values
        #expect(firstDifference(try model.logits(batch).values, base, relative: 1e-4, absolute: 2e-4) == nil)
        adapter.setEnabled(true)
        #expect(firstDifference(try model.logits(batch).values, expected, relative: 1e-4, absolute: 3e-4) == nil)
    }

    @Test("Merged weights answer as PEFT's own merge does", arguments: TrainedModulesCase.all)
    func merged(_ tested: TrainedModulesCase) throws {
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

    @Test("Gradients of every tensor equal PyTorch's", arguments: TrainedModulesCase.all)
    func gradients(_ tested: TrainedModulesCase) throws {
        let (model, adapter) = try tested.attached()
        let batch = try tested.fixture().batch()
        _ = try model.trainingStep(batch, lossScale: 1 / Float(batch.labelRows.count), step: 0)
        let slots = Dictionary(uniqueKeysWithValues: model.parameterSlots.map { ("base_model.model." + $0.name, $0) })
        let file = try SafetensorsFile(path: tested.folder + "/reference.safetensors")
        let names = file.tensors.keys.filter { $0.hasPrefix("gradient.") }
        #expect(Set(names) == Set(adapter.parameters.map { "gradient." + $0.name }))
        for parameter in adapter.parameters {
            let own = slots[parameter.name]?.laidOut(parameter.gradient) ?? parameter.gradient
            let expected = try tested.tensor("gradient.\(parameter.name)").values
            let difference = firstDifference(own.values, expected, relative: 1e-3, absolute: 1e-4)
            #expect(difference == nil, "\(parameter.name): \(difference ?? "")")
        }
    }

    @Test("Ten AdamW steps have PyTorch's losses within a relative 1e-4", arguments: TrainedModulesCase.all)
    func losses(_ tested: TrainedModulesCase) throws {
        let (model, adapter) = try tested.attached()
        let reference = try tested.reference()
        let rate = try #require(reference["learning_rate"]?.doubleValue)
        let expected = (reference["losses"]?.arrayValue ?? []).compactMap(\.doubleValue)
        let batches = try tested.fixture().trainingBatches()
        try #require(batches.count == 10 && expected.count == 10)
        let optimizer = AdamW(adapter.parameters, weightDecay: 0)
        for (step, batch) in batches.enumerated() {
            let labels = Double(batch.labelRows.count)
            let loss = try model.trainingStep(batch, lossScale: Float(1 / labels), step: UInt64(step)) / labels
            #expect(abs(loss - expected[step]) <= 1e-4 * expected[step], "loss of step \(step + 1)")
            optimizer.update(learningRate: rate, step: step + 1)
        }
    }

    @Test("What lorad writes is what it read: names, shapes and values", arguments: TrainedModulesCase.all)
    func roundTrip(_ tested: TrainedModulesCase) throws {
        try withTemporaryFolder { folder in
            let (_, adapter) = try tested.attached()
            let identity = BaseIdentity(baseSHA256: "base", tokenizerSHA256: "tokenizer")
            try adapter.save(folder: folder, identity: identity, baseModel: "tiny")
            let files = try [tested.folder, folder].map { try SafetensorsFile(path: $0 + "/adapter_model.safetensors") }
            #expect(files[0].tensors.mapValues(\.shape) == files[1].tensors.mapValues(\.shape))
            for (name, info) in files[0].tensors {
                let values = try files.map { file in
                    let matrix = Matrix(rows: info.rows, columns: info.columns)
                    try file.read(name, into: matrix)
                    return matrix.values
                }
                // Of norms stored as w - 1 the last bit is rounding.
                #expect(firstDifference(values[1], values[0], relative: 0, absolute: 2e-7) == nil, "\(name)")
            }
            let other = try tested.fixture().model()
            let again = try Adapter.load(folder: folder, into: other, expecting: identity)
            #expect(again.configuration.savedModules == adapter.configuration.savedModules)
            #expect(again.configuration.bias == adapter.configuration.bias)
            #expect(again.parameters.map(\.name) == adapter.parameters.map(\.name))
        }
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
        let tested = TrainedModulesCase(name: "neox-head")
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
        let tested = TrainedModulesCase(name: "bitfit-norms")
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
        try withTemporaryFolder { folder in
            func start() throws -> (Trainer, Adapter) {
                let model = try FamilyFixture(name: "llama-biases").model()
                var settings = AdapterConfiguration(rank: 2, alpha: 4, dropout: 0.1, targets: ["q_proj"])
                settings.savedModules = ["model.layers.1.mlp"]
                settings.bias = .all
                let adapter = try Adapter.attach(settings, to: model, seed: 3)
                var configuration = TrainingConfiguration(steps: 6)
                (configuration.batchSize, configuration.checkpointEvery) = (2, 2)
                let examples = (0..<6).map { row in
                    TokenizedExample(tokens: (0..<(6 + row)).map { ($0 * 7 + row) % 90 }, labelPositions: [2, 4])
                }
                return (
                    Trainer(
                        model: model, trainable: adapter, configuration: configuration, examples: examples,
                        validation: []), adapter
                )
            }
            let (undisturbed, expected) = try start()
            _ = try undisturbed.run()
            var steps = 0
            _ = #expect(throws: TrainingError.self) {
                try start().0.run(
                    checkpoint: folder + "/checkpoint.safetensors", shouldStop: { steps >= 3 },
                    progress: { _ in steps += 1 })
            }
            let (second, adapter) = try start()
            _ = try second.run(checkpoint: folder + "/checkpoint.safetensors")
            #expect(adapter.parameters.map(\.value.values) == expected.parameters.map(\.value.values))
        }
    }

    @Test(
        "Neither llama.cpp's files nor compositions have a place for them, and a base without biases has none to train")
    func refused() throws {
        let (_, adapter) = try TrainedModulesCase(name: "head").attached()
        let files = try TrainedModulesCase(name: "head").fixture().base()
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
