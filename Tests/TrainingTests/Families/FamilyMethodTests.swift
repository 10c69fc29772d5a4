import Adapters
import ModelFiles
import Tensors
import TestSupport
import Testing
import Transformers

/// Every method on every decoder family.
@Suite("Methods on every decoder family")
struct FamilyMethodTests {
    static let methods = AdapterMethods.all.map(\.name)
    /// Those that publish an adapter, and not a model.
    static let saved = AdapterMethods.all.filter { !$0.publishesModel }.map(\.name)
    static let mergeable = AdapterMethods.all.filter { $0.mergeObstacle == nil }.map(\.name)

    /// Of every projection; (IA)³ scales the inputs of some that share them with others, and of some that do not. Virtual
    /// tokens are few, and bottlenecks as narrow as the tiny bases allow.
    private func attach(_ method: String, to model: LanguageModel, dropout: Float = 0) throws -> Adapter {
        var configuration = AdapterConfiguration(
            method: try AdapterMethods.named(method), rank: 4, alpha: 8, dropout: dropout, targets: ["all-linear"])
        if method == "ia3" { configuration.feedforward = model.scaledInputs }
        configuration.virtualTokens = 3
        configuration.reductionFactor = 4
        return try Adapter.attach(configuration, to: model, seed: 7)
    }

    /// Moves every tensor away from what training begins with.
    private func disturb(_ adapter: Adapter) {
        let random = Philox(seed: 11, streamNumber: 5)
        for (index, parameter) in adapter.parameters.enumerated() {
            let value = parameter.value
            for row in 0..<value.rows {
                for column in 0..<value.columns {
                    let noise = random.uniform(step: UInt64(index), position: UInt64(row * value.columns + column))
                    value[row, column] += 0.2 * noise - 0.1
                }
            }
        }
    }

    @Test(
        "A fresh adapter changes no answer, and its training can begin", arguments: FamilyFixture.decoders, methods)
    func fresh(_ fixture: FamilyFixture, method: String) throws {
        let model = try fixture.model()
        let batch = try fixture.batch()
        let before = try model.logits(batch.labelledEverywhere()).values
        guard model.takes(method) else {
            // Refused, with the reason.
            let error = #expect(throws: AdaptersError.self) { try attach(method, to: model) }
            let reason = method == "bitfit" ? "no bias" : "narrower than its rows"
            #expect(error?.code == .unsupported && error?.message.contains(reason) == true)
            return
        }
        let adapter = try attach(method, to: model)
        let after = try model.logits(batch.labelledEverywhere()).values
        // Virtual tokens begin at random, as PEFT has it.
        let isFresh = firstDifference(after, before, relative: 1e-5, absolute: 1e-5) == nil
        #expect(isFresh == !["prompt", "prefix"].contains(method))
        _ = try model.trainingStep(batch, lossScale: 1, step: 0)
        #expect(adapter.parameters.contains { Kernels.squaredNorm($0.gradient) > 0 })
    }

    @Test(
        "Merged weights answer as the adapter does, and nothing like the base", arguments: FamilyFixture.decoders,
        mergeable)
    func merged(_ fixture: FamilyFixture, method: String) throws {
        try withTemporaryFolder { folder in
            let base = try fixture.base()
            let model = try fixture.model()
            let batch = try fixture.batch().labelledEverywhere()
            let untouched = try model.logits(batch).values
            guard model.takes(method) else { return }
            let adapter = try attach(method, to: model)
            disturb(adapter)
            let adapted = try model.logits(batch).values
            try MergedWeights.writeOverlay(adapter, base: base, dtype: .f32, to: folder + "/merged.safetensors")
            let source = try MergedSource(base: base, overlay: folder + "/merged.safetensors")
            let merged = try LanguageModel.load(source, dtype: .float32).logits(batch).values
            #expect(firstDifference(merged, adapted, relative: 1e-4, absolute: 5e-4) == nil)
            #expect(firstDifference(untouched, adapted, relative: 1e-2, absolute: 1e-2) != nil)
        }
    }

    /// DoRA's norms are constants in its gradients, as PEFT has them, so that the slope is the gradient's along the
    /// magnitudes alone; the inputs' gradients show in those of the lower layers.
    @Test(
        "With dropout the loss's slope along DoRA's magnitudes is their gradient's norm",
        arguments: FamilyFixture.decoders)
    func slope(_ fixture: FamilyFixture) throws {
        let model = try fixture.model()
        let adapter = try attach("dora", to: model, dropout: 0.3)
        disturb(adapter)
        let batch = try fixture.batch()
        _ = try model.trainingStep(batch, lossScale: 1, step: 3)
        let magnitudes = adapter.parameters.filter { $0.name.hasSuffix("lora_magnitude_vector") }
        try #require(magnitudes.count == adapter.modules.count)
        let gradients = magnitudes.map { $0.gradient.values }
        let norm = gradients.joined().reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        func loss(at distance: Double) throws -> Double {
            for (parameter, gradient) in try paired(magnitudes, gradients) {
                let moved = zip(parameter.value.values, gradient).map { $0 + Float(distance / norm) * $1 }
                parameter.value.copy(from: Matrix(moved, rows: 1, columns: moved.count))
            }
            return try model.trainingStep(batch, lossScale: 0, step: 3)
        }
        let step = 2e-3
        let up = try loss(at: step)
        let down = try loss(at: -2 * step)
        #expect(abs((up - down) / (2 * step) - norm) < 0.01 * norm)
    }

    @Test(
        "The loss's slope along the gradient is its norm: of scaled outputs and inputs, of biases, of virtual tokens",
        arguments: FamilyFixture.decoders, ["ia3", "bitfit", "prompt", "prefix", "bottleneck", "full"])
    func vectorSlope(_ fixture: FamilyFixture, method: String) throws {
        let model = try fixture.model()
        guard model.takes(method) else { return }
        let adapter = try attach(method, to: model)
        disturb(adapter)
        let batch = try fixture.batch()
        _ = try model.trainingStep(batch, lossScale: 1, step: 0)
        let gradients = adapter.parameters.map(\.gradient.values)
        let counts = [
            "ia3": model.slots.count, "bitfit": model.slots.count(where: \.hasBias), "prompt": 1, "prefix": 1,
            "bottleneck": 4 * model.sublayerSlots.count, "full": model.parameterSlots.count,
        ]
        try #require(gradients.count == counts[method])
        let norm = gradients.joined().reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        func loss(at distance: Double) throws -> Double {
            for (parameter, gradient) in try paired(adapter.parameters, gradients) {
                let moved = zip(parameter.value.values, gradient).map { $0 + Float(distance / norm) * $1 }
                parameter.value.copy(
                    from: Matrix(moved, rows: parameter.value.rows, columns: parameter.value.columns))
            }
            return try model.trainingStep(batch, lossScale: 0, step: 0)
        }
        let step = 2e-3
        let up = try loss(at: step)
        let down = try loss(at: -2 * step)
        #expect(abs((up - down) / (2 * step) - norm) < 0.01 * norm)
    }

    @Test(
        "The loss's slope along a bottleneck's gradient is its norm, in encoders too",
        arguments: ["bert-pair", "roberta", "deberta-v3", "deberta-v2-convolution", "deberta"],
        BottleneckVariant.allCases)
    func encoderSlope(_ name: String, variant: BottleneckVariant) throws {
        let fixture = ClassifierCase(name: name)
        let model = try fixture.model()
        var configuration = AdapterConfiguration(method: .bottleneck, targets: [])
        (configuration.reductionFactor, configuration.variant) = (4, variant)
        let adapter = try Adapter.attach(configuration, to: model, seed: 7)
        disturb(adapter)
        let batch = try fixture.batch()
        _ = try model.trainingStep(batch, lossScale: 1, step: 0)
        let parameters = adapter.parameters.filter { $0.name.contains("bottleneck") }
        let sublayers = model.sublayerSlots.count / (variant == .houlsby ? 1 : 2)
        try #require(parameters.count == 4 * sublayers && sublayers > 0)
        let gradients = parameters.map(\.gradient.values)
        let norm = gradients.joined().reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        func loss(at distance: Double) throws -> Double {
            for (parameter, gradient) in try paired(parameters, gradients) {
                let moved = zip(parameter.value.values, gradient).map { $0 + Float(distance / norm) * $1 }
                parameter.value.copy(
                    from: Matrix(moved, rows: parameter.value.rows, columns: parameter.value.columns))
            }
            return try model.trainingStep(batch, lossScale: 0, step: 0)
        }
        let step = 2e-3
        let up = try loss(at: step)
        let down = try loss(at: -2 * step)
        #expect(abs((up - down) / (2 * step) - norm) < 0.01 * norm)
    }

    @Test("A saved adapter reads back to the same bits, by method", arguments: saved, [false, true])
    func roundTrip(method: String, isRankStabilised: Bool) throws {
        try withTemporaryFolder { folder in
            let model = try Fixtures.tinyModel(for: method)
            var configuration = AdapterConfiguration(
                method: try AdapterMethods.named(method), rank: 4, alpha: 8, targets: ["q_proj", "down_proj"])
            configuration.isRankStabilised = isRankStabilised
            if method == "ia3" { configuration.feedforward = ["down_proj"] }
            configuration.virtualTokens = 7
            configuration.reductionFactor = 8
            configuration.variant = .pfeiffer
            let adapter = try Adapter.attach(configuration, to: model, seed: 3)
            disturb(adapter)
            let identity = BaseIdentity(baseSHA256: "aa", tokenizerSHA256: "bb")
            try adapter.save(folder: folder, identity: identity, baseModel: "tiny", labels: nil)
            adapter.detach()
            let again = try Adapter.load(folder: folder, into: model, expecting: identity)
            #expect(again.configuration.method.name == method)
            #expect(
                again.modules.map(\.place.scaling) == adapter.modules.map(\.place.scaling)
                    || !configuration.method.hasRank)
            #expect(again.placeText == adapter.placeText)
            #expect(again.parameters.map(\.name) == adapter.parameters.map(\.name))
            #expect(again.parameters.map(\.value.values) == adapter.parameters.map(\.value.values))
        }
    }
}

extension LanguageModel {
    /// Whether it has what a method attaches to.
    fileprivate func takes(_ method: String) -> Bool {
        switch method {
        case "bitfit": slots.contains(where: \.hasBias)
        case "prompt": promptSlot != nil
        default: true
        }
    }

    /// Names of projections whose inputs others read too, and of some that read theirs alone.
    fileprivate var scaledInputs: [String] {
        let candidates = ["k_proj", "up_proj", "down_proj", "fc2", "c_fc", "mlp.c_proj", "qkv_proj", "dense_4h_to_h"]
        return candidates.filter { name in slots.contains { TargetSelection.matches(name, $0.name) } }
    }
}
