import Adapters
import Foundation
import ModelFiles
import Tensors
import TestSupport
import Testing
import Training
import Transformers

/// LoRA that begins as a part of the base's weights, on what PEFT computed and converted.
@Suite("Beginnings of LoRA against PEFT's values (scripts/reference/lora_beginnings.py)")
struct BeginningReferenceTests {
    struct Case: Sendable, CustomStringConvertible {
        let description: String

        static let all = ["pissa", "pissa-rslora", "pissa-gpt2", "olora"].map(Case.init)

        var folder: String { Fixtures.path("beginnings/\(description)") }

        private func document() throws -> JSONValue { try Fixtures.json("beginnings/\(description)/reference.json") }

        func tensor(_ key: String) throws -> Matrix {
            try Fixtures.tensor(key, in: "beginnings/\(description)/reference.safetensors")
        }

        func losses() throws -> [Double] { try goldenNumbers(document()["losses"]) }

        func configuration() throws -> AdapterConfiguration {
            let document = try document()
            var configuration = AdapterConfiguration(
                rank: 4, alpha: 8, targets: try goldenTexts(document["targets"]),
                isRankStabilised: document["use_rslora"]?.boolValue ?? false)
            configuration.beginning = try #require(
                LowRankBeginning(rawValue: document["init"]?.stringValue ?? ""))
            return configuration
        }

        private func rows() throws -> (base: String, rows: JSONValue?, batches: JSONValue?) {
            let base = try document()["base"]?.stringValue ?? ""
            guard base == "llama-tiny" else {
                let document = try Fixtures.json("\(base)/reference.json")
                return (Fixtures.path(base), document["rows"], document["batches"])
            }
            let training = try Fixtures.json("llama-tiny/training.json")
            return (Fixtures.path("llama-tiny/base"), try Fixtures.json("llama-tiny/batch.json"), training["batches"])
        }

        func model(dtype: DType = .float32) throws -> LanguageModel {
            try LanguageModel.load(BaseModelFiles(path: rows().base), dtype: dtype)
        }

        func batch() throws -> PackedBatch { try PackedBatch(reference: goldenList(rows().rows)) }

        func steps() throws -> [PackedBatch] {
            try goldenList(rows().batches).prefix(10).map { try PackedBatch(reference: goldenList($0)) }
        }
    }

    @Test("A module begins with PEFT's B·A, and the model answers as before", arguments: Case.all)
    func begins(_ golden: Case) throws {
        let model = try golden.model()
        let batch = try golden.batch().labelledEverywhere()
        let before = try model.logits(batch).values
        let adapter = try Adapter.attach(golden.configuration(), to: model, seed: 1)
        try #require(!adapter.modules.isEmpty)
        for module in adapter.modules {
            let expected = try golden.tensor("initial.\(module.slot.name)")
            let product = Matrix(rows: expected.rows, columns: expected.columns)
            let tensors = module.update.tensors.map(\.parameter.value)
            multiply(.plain(tensors[1]), .plain(tensors[0]), into: product, scale: module.place.scaling)
            let difference = firstDifference(product.values, expected.values, relative: 1e-3, absolute: 2e-5)
            #expect(difference == nil, "\(module.slot.name): \(difference ?? "")")
        }
        let after = try model.logits(batch).values
        #expect(firstDifference(after, before, relative: 1e-4, absolute: 1e-4) == nil)
    }

    @Test(
        "Ten AdamW steps have PyTorch's losses within a relative 1e-4, and what is published answers as PEFT's trained",
        arguments: Case.all)
    func trains(_ golden: Case) throws {
        try withTemporaryFolder { folder in
            let model = try golden.model()
            let adapter = try Adapter.attach(golden.configuration(), to: model, seed: 1)
            let losses = try train(model, adapter, golden)
            let expected = try golden.losses()
            try #require(losses.count == 10 && expected.count == 10)
            for (step, (loss, wanted)) in try paired(losses, expected).enumerated() {
                #expect(abs(loss - wanted) <= 1e-4 * wanted, "loss of step \(step + 1): \(loss), \(wanted)")
            }
            let identity = BaseIdentity(baseSHA256: "aa", tokenizerSHA256: "bb")
            try adapter.save(folder: folder, identity: identity, baseModel: "tiny", labels: nil)
            adapter.detach()
            let again = try Adapter.load(folder: folder, into: model, expecting: identity)
            #expect(again.configuration.rank == 8 && again.configuration.beginning == .kaiming)
            let found = try model.logits(golden.batch().labelledEverywhere()).values
            let logits = try golden.tensor("logits").values
            #expect(firstDifference(found, logits, relative: 1e-2, absolute: 1e-2) == nil)
        }
    }

    @Test("What PEFT converted to plain LoRA answers as what it trained", arguments: Case.all)
    func converted(_ golden: Case) throws {
        let model = try golden.model()
        _ = try Adapter.load(folder: golden.folder, into: model)
        let found = try model.logits(golden.batch().labelledEverywhere()).values
        let logits = try golden.tensor("logits").values
        #expect(firstDifference(found, logits, relative: 1e-3, absolute: 1e-3) == nil)
    }

    @Test("With dropout the loss's slope along the gradient is its norm", arguments: Case.all)
    func slope(_ golden: Case) throws {
        let model = try golden.model()
        var configuration = try golden.configuration()
        configuration.dropout = 0.3
        let adapter = try Adapter.attach(configuration, to: model, seed: 1)
        let batch = try golden.batch()
        _ = try model.trainingStep(batch, lossScale: 1, step: 3)
        let gradients = adapter.parameters.map(\.gradient.values)
        let norm = gradients.joined().reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        func loss(at distance: Double) throws -> Double {
            for (parameter, gradient) in try paired(adapter.parameters, gradients) {
                let moved = zip(parameter.value.values, gradient).map { $0 + Float(distance / norm) * $1 }
                let value = parameter.value
                value.copy(from: Matrix(moved, rows: value.rows, columns: value.columns))
            }
            return try model.trainingStep(batch, lossScale: 0, step: 3)
        }
        let step = 2e-3
        let up = try loss(at: step)
        let down = try loss(at: -2 * step)
        #expect(abs((up - down) / (2 * step) - norm) < 0.02 * norm)
    }

    @Test("A normal beginning has a standard deviation of 1/r, and B is zero")
    func gaussian() throws {
        var configuration = AdapterConfiguration(rank: 8, alpha: 8, targets: ["all-linear"])
        configuration.beginning = .gaussian
        let adapter = try Adapter.attach(configuration, to: Fixtures.tinyModel(), seed: 1)
        let pairs = adapter.modules.map { $0.update.tensors.map(\.parameter.value.values) }
        let a = pairs.flatMap { $0[0] }.map(Double.init)
        #expect(pairs.allSatisfy { $0[1].allSatisfy { $0 == 0 } })
        let deviation = (a.reduce(0) { $0 + $1 * $1 } / Double(a.count)).squareRoot()
        #expect(abs(a.reduce(0, +) / Double(a.count)) < 0.01 && abs(deviation - 1.0 / 8) < 0.005)
        // As many as a normal distribution has beyond one, two and three deviations.
        for (bound, share) in [(1.0, 0.317), (2, 0.0455), (3, 0.0027)] {
            let found = Double(a.count { abs($0) > bound / 8 }) / Double(a.count)
            #expect(abs(found - share) < 0.02 * bound.squareRoot())
        }
    }

    private func train(_ model: LanguageModel, _ adapter: Adapter, _ golden: Case) throws -> [Double] {
        let optimizer = AdamW(adapter.parameters, weightDecay: 0.01)
        let batches = try golden.steps()
        let schedule = LearningRateSchedule(kind: .linear, peak: 0.005, warmupSteps: 2, totalSteps: batches.count)
        return try batches.enumerated().map { step, batch in
            let labels = Double(batch.labelRows.count)
            let loss = try model.trainingStep(batch, lossScale: Float(1 / labels), step: UInt64(step)) / labels
            optimizer.clip(norm: optimizer.gradientNorm(), maximum: 1)
            optimizer.update(learningRate: schedule.rate(step: step), step: step + 1)
            return loss
        }
    }
}
