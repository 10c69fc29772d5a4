import Adapters
import Foundation
import ModelFiles
import Tensors
import TestSupport
import Testing
import Training
import Transformers

/// An adapter that PEFT wrote on a base of `Tests/Fixtures/families`, with what PyTorch computes with it. The folder of
/// `Tests/Fixtures` that it lies in is named after the script of `scripts/reference` that wrote it.
struct ReferenceAdapter: Sendable, CustomStringConvertible {
    let kind: String
    let name: String

    var description: String { name }
    var folder: String { Fixtures.path("\(kind)/\(name)") }

    func reference() throws -> JSONValue { try Fixtures.json("\(kind)/\(name)/reference.json") }
    func fixture() throws -> FamilyFixture { FamilyFixture(name: try reference()["base"]?.stringValue ?? "") }
    func tensor(_ key: String) throws -> Matrix {
        try Fixtures.tensor(key, in: "\(kind)/\(name)/reference.safetensors")
    }
    func attached() throws -> (model: LanguageModel, adapter: Adapter) {
        let model = try fixture().model()
        return (model, try Adapter.load(folder: folder, into: model))
    }

    /// Expects the logits of every row with the adapter to be PEFT's, and without it the base's.
    ///
    /// - Returns: both of PEFT's.
    @discardableResult
    func expectLogits() throws -> (adapter: [Float], base: [Float]) {
        let (model, adapter) = try attached()
        let batch = try fixture().batch().labelledEverywhere()
        let (expected, base) = try (tensor("logits").values, fixture().tensor("base.logits").values)
        #expect(firstDifference(try model.logits(batch).values, expected, relative: 1e-4, absolute: 3e-4) == nil)
        adapter.setEnabled(false)
        #expect(firstDifference(try model.logits(batch).values, base, relative: 1e-4, absolute: 2e-4) == nil)
        adapter.setEnabled(true)
        #expect(firstDifference(try model.logits(batch).values, expected, relative: 1e-4, absolute: 3e-4) == nil)
        return (expected, base)
    }

    /// Expects the gradient of the mean loss in every tensor, and in no other, to be PyTorch's.
    func expectGradients() throws {
        let (model, adapter) = try attached()
        let batch = try fixture().batch()
        _ = try model.trainingStep(batch, lossScale: 1 / Float(batch.labelRows.count), step: 0)
        let slots = Dictionary(uniqueKeysWithValues: model.parameterSlots.map { ("base_model.model." + $0.name, $0) })
        let file = try SafetensorsFile(path: folder + "/reference.safetensors")
        let names = file.tensors.keys.filter { $0.hasPrefix("gradient.") }
        #expect(Set(names) == Set(adapter.parameters.map { "gradient." + $0.name }))
        for parameter in adapter.parameters {
            // Of a tensor that is trained whole, as the checkpoint stores it.
            let own = slots[parameter.name]?.laidOut(parameter.gradient) ?? parameter.gradient
            let expected = try tensor("gradient.\(parameter.name)").values
            let difference = firstDifference(own.values, expected, relative: 1e-3, absolute: 1e-4)
            #expect(difference == nil, "\(parameter.name): \(difference ?? "")")
        }
    }

    /// Expects PyTorch's losses of ten steps with AdamW, within a relative 1e-4.
    func expectLosses() throws {
        let (model, adapter) = try attached()
        let reference = try reference()
        let rate = try #require(reference["learning_rate"]?.doubleValue)
        let expected = (reference["losses"]?.arrayValue ?? []).compactMap(\.doubleValue)
        let batches = try fixture().trainingBatches()
        try #require(batches.count == 10 && expected.count == 10)
        let optimizer = AdamW(adapter.parameters, weightDecay: 0)
        for (step, batch) in batches.enumerated() {
            let labels = Double(batch.labelRows.count)
            let loss = try model.trainingStep(batch, lossScale: Float(1 / labels), step: UInt64(step)) / labels
            #expect(abs(loss - expected[step]) <= 1e-4 * expected[step], "loss of step \(step + 1)")
            optimizer.update(learningRate: rate, step: step + 1)
        }
    }

    /// Writes the adapter and reads it back; expects the tensors of PEFT's own file, by name, shape and value.
    ///
    /// - Parameters:
    ///   - isLeftOut: of those, the ones that lorad does not write.
    ///   - absolute: how far a value may be from PEFT's.
    /// - Returns: how many were left out, and both adapters.
    func expectRoundTrip(
        leavingOut isLeftOut: (String) -> Bool = { _ in false }, within absolute: Float = 0
    ) throws -> (leftOut: Int, adapter: Adapter, again: Adapter) {
        try withTemporaryFolder { folder in
            let adapter = try attached().adapter
            let identity = BaseIdentity(baseSHA256: "base", tokenizerSHA256: "tokenizer")
            try adapter.save(folder: folder, identity: identity, baseModel: "tiny")
            let files = try [self.folder, folder].map { try SafetensorsFile(path: $0 + "/adapter_model.safetensors") }
            let own = files[0].tensors.filter { !isLeftOut($0.key) }
            #expect(!own.isEmpty && own.mapValues(\.shape) == files[1].tensors.mapValues(\.shape))
            for (name, info) in own {
                let values = try files.map { file in
                    let matrix = Matrix(rows: info.rows, columns: info.columns)
                    try file.read(name, into: matrix)
                    return matrix.values
                }
                #expect(firstDifference(values[1], values[0], relative: 0, absolute: absolute) == nil, "\(name)")
            }
            let again = try Adapter.load(folder: folder, into: fixture().model(), expecting: identity)
            #expect(again.parameters.map(\.name) == adapter.parameters.map(\.name))
            return (files[0].tensors.count - own.count, adapter, again)
        }
    }
}

/// Expects six steps that are stopped after the third, and resumed, to end in the bits of six that are not.
///
/// - Returns: the resumed adapter.
@discardableResult
func expectSameBitsWhenResumed(_ settings: AdapterConfiguration, on base: String) throws -> Adapter {
    func start() throws -> (Trainer, Adapter) {
        let model = try FamilyFixture(name: base).model()
        let adapter = try Adapter.attach(settings, to: model, seed: 3)
        var configuration = TrainingConfiguration(steps: 6)
        (configuration.batchSize, configuration.checkpointEvery) = (2, 2)
        let examples = (0..<6).map { row in
            TokenizedExample(tokens: (0..<(6 + row)).map { ($0 * 7 + row) % 90 }, labelPositions: [2, 4])
        }
        let trainer = Trainer(
            model: model, trainable: adapter, configuration: configuration, examples: examples, validation: [])
        return (trainer, adapter)
    }
    return try withTemporaryFolder { folder in
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
        return adapter
    }
}
