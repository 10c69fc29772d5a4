import Adapters
import ModelFiles
import Tensors
import TestSupport
import Testing
import Training
import Transformers

/// What must hold of every family whatever its values are.
@Suite("Decoder families: cache, packing, checkpointing, slopes")
struct FamilyBehaviourTests {
    @Test(
        "Decoding token by token with a cache gives the logits of the whole sequence, past windows and original positions",
        arguments: FamilyFixture.decoders)
    func cache(_ fixture: FamilyFixture) throws {
        let model = try fixture.model()
        _ = try Adapter.load(folder: fixture.adapterFolder("all-linear"), into: model)
        let tokens = (0..<20).map { ($0 * 37 + 11) % model.configuration.vocabularySize }
        var whole = PackedBatch()
        whole.append(tokens: tokens, labels: [])
        let cache = try model.makeCache(capacity: tokens.count)
        _ = try model.decode(Array(tokens.prefix(3)), cache: cache)
        for count in 4...tokens.count {
            var prefix = PackedBatch()
            prefix.append(tokens: Array(tokens.prefix(count)), labels: [(count - 1, 0)])
            let expected = try model.logits(prefix).values
            let found = try model.decode([tokens[count - 1]], cache: cache).values
            #expect(firstDifference(found, expected, relative: 1e-4, absolute: 2e-4) == nil, "token \(count)")
        }
    }

    @Test("A sequence scores the same alone and packed among others", arguments: FamilyFixture.decoders)
    func packing(_ fixture: FamilyFixture) throws {
        let model = try fixture.model()
        let packed = try fixture.batch()
        let together = try model.logits(packed.labelledEverywhere()).values
        var apart: [Float] = []
        for index in 0..<packed.sequenceCount {
            var single = PackedBatch()
            let tokens = packed.tokens[packed.offsets[index]..<packed.offsets[index + 1]].map(Int.init)
            single.append(tokens: tokens, labels: [])
            apart += try model.logits(single.labelledEverywhere()).values
        }
        #expect(firstDifference(together, apart, relative: 1e-5, absolute: 2e-5) == nil)
    }

    @Test(
        "Activation checkpointing changes no bit of loss or gradient", arguments: FamilyFixture.decoders,
        DType.allCases)
    func checkpointing(_ fixture: FamilyFixture, dtype: DType) throws {
        for adapter in FamilyFixture.adapters {
            func step(checkpointing: Bool) throws -> (loss: Double, gradients: [Float]) {
                let model = try fixture.model(dtype: dtype)
                model.activationCheckpointing = checkpointing
                let loaded = try Adapter.load(folder: fixture.adapterFolder(adapter), into: model)
                let loss = try model.trainingStep(fixture.batch(), lossScale: 1, step: 3)
                return (loss, loaded.parameters.flatMap(\.gradient.values))
            }
            let (kept, again) = (try step(checkpointing: false), try step(checkpointing: true))
            #expect(again.loss == kept.loss)
            #expect(again.gradients == kept.gradients)
        }
    }

    @Test("With dropout the loss's slope along the gradient is the gradient's norm", arguments: FamilyFixture.decoders)
    func slope(_ fixture: FamilyFixture) throws {
        let model = try fixture.model()
        let lora = AdapterConfiguration(rank: 4, alpha: 8, dropout: 0.3, targets: ["all-linear"])
        let adapter = try Adapter.attach(lora, to: model, seed: 7)
        let random = Philox(seed: 11, streamNumber: 5)
        for module in adapter.modules {
            let (rows, columns) = (module.b.value.rows, module.b.value.columns)
            let noise = (0..<(rows * columns)).map { random.uniform(step: 0, position: UInt64($0)) * 0.2 - 0.1 }
            module.b.value.copy(from: Matrix(noise, rows: rows, columns: columns))
        }
        let batch = try fixture.batch()
        _ = try model.trainingStep(batch, lossScale: 1, step: 3)
        let gradients = adapter.parameters.map { $0.gradient.values }
        let norm = gradients.joined().reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        func loss(at distance: Double) throws -> Double {
            for (parameter, gradient) in try paired(adapter.parameters, gradients) {
                let moved = zip(parameter.value.values, gradient).map { $0 + Float(distance / norm) * $1 }
                parameter.value.copy(from: Matrix(moved, rows: parameter.value.rows, columns: parameter.value.columns))
            }
            return try model.trainingStep(batch, lossScale: 0, step: 3)
        }
        let step = 2e-3
        let up = try loss(at: step)
        let down = try loss(at: -2 * step)
        #expect(abs((up - down) / (2 * step) - norm) < 0.01 * norm)
    }
}
