import Adapters
import ModelFiles
import Tensors
import TestSupport
import Testing
import Training
import Transformers

/// Every family against transformers and PEFT, on the models that `scripts/reference/families` makes.
@Suite("Decoder families against transformers' and PEFT's values")
struct FamilyReferenceTests {
    @Test("There is a fixture of every decoder's model type")
    func complete() throws {
        let types = Set(try FamilyFixture.decoders.map { try $0.base().configuration.modelType })
        #expect(types == Set(ModelFamilies.all.filter { !$0.isEncoder }.map(\.modelType)))
    }

    @Test("Logits of every position equal transformers' within 2e-4 + 1e-4·|x|", arguments: FamilyFixture.decoders)
    func baseLogits(_ fixture: FamilyFixture) throws {
        let found = try fixture.model().logits(fixture.batch().labelledEverywhere())
        let expected = try fixture.tensor("base.logits")
        #expect(firstDifference(found.values, expected.values, relative: 1e-4, absolute: 2e-4) == nil)
    }

    @Test(
        "An adapter that PEFT wrote gives PEFT's logits within 3e-4 + 1e-4·|x|", arguments: FamilyFixture.decoders,
        FamilyFixture.adapters)
    func adapterLogits(_ fixture: FamilyFixture, adapter: String) throws {
        let model = try fixture.model()
        _ = try Adapter.load(folder: fixture.adapterFolder(adapter), into: model)
        let found = try model.logits(fixture.batch().labelledEverywhere())
        let expected = try fixture.tensor("\(adapter).logits")
        #expect(firstDifference(found.values, expected.values, relative: 1e-4, absolute: 3e-4) == nil)
    }

    @Test(
        "Gradients of every A and B equal PyTorch's within 1e-4 + 1e-3·|x|, tensor by tensor",
        arguments: FamilyFixture.decoders, FamilyFixture.adapters)
    func gradients(_ fixture: FamilyFixture, adapter: String) throws {
        let model = try fixture.model()
        let loaded = try Adapter.load(folder: fixture.adapterFolder(adapter), into: model)
        let batch = try fixture.batch()
        _ = try model.trainingStep(batch, lossScale: 1 / Float(batch.labelRows.count), step: 0)
        for (name, gradient) in loaded.gradientsByPEFTName {
            let expected = try fixture.tensor("\(adapter).\(name)").values
            #expect(firstDifference(gradient, expected, relative: 1e-3, absolute: 1e-4) == nil, "\(name)")
        }
    }

    @Test(
        "Ten AdamW steps have PyTorch's losses within a relative 1e-4", arguments: FamilyFixture.decoders,
        FamilyFixture.adapters)
    func losses(_ fixture: FamilyFixture, adapter: String) throws {
        let found = try fixture.train(adapter, dtype: .float32)
        let expected = try fixture.losses(adapter)
        try #require(found.count == 10 && expected.count == 10)
        for (step, (loss, wanted)) in try paired(found, expected).enumerated() {
            #expect(abs(loss - wanted) <= 1e-4 * wanted, "loss of step \(step + 1)")
        }
    }

    @Test("In bfloat16 the ten losses stay within 4% of PyTorch's in float32", arguments: FamilyFixture.decoders)
    func bfloat16Losses(_ fixture: FamilyFixture) throws {
        let expected = try fixture.losses("all-linear")
        let found = try fixture.train("all-linear", dtype: .bfloat16)
        try #require(found.count == 10 && expected.count == 10)
        for (step, (loss, wanted)) in try paired(found, expected).enumerated() {
            #expect(abs(loss - wanted) <= 0.04 * wanted, "loss of step \(step + 1)")
        }
    }

    @Test(
        "Weights merged and read back give the logits of PEFT's merge, and of the adapter itself",
        arguments: FamilyFixture.decoders, FamilyFixture.adapters)
    func merged(_ fixture: FamilyFixture, adapter: String) throws {
        try withTemporaryFolder { folder in
            let base = try fixture.base()
            let model = try LanguageModel.load(base, dtype: .float32)
            let loaded = try Adapter.load(folder: fixture.adapterFolder(adapter), into: model)
            let path = folder + "/merged.safetensors"
            try MergedWeights.writeOverlay(loaded, base: base, dtype: .f32, to: path)
            let merged = try LanguageModel.load(MergedSource(base: base, overlay: path), dtype: .float32)
            let batch = try fixture.batch().labelledEverywhere()
            let found = try merged.logits(batch).values
            let expected = try fixture.tensor("\(adapter).merged_logits").values
            #expect(firstDifference(found, expected, relative: 1e-4, absolute: 3e-4) == nil)
            #expect(firstDifference(found, try model.logits(batch).values, relative: 1e-4, absolute: 3e-4) == nil)
        }
    }

    @Test(
        "An adapter that lorad writes is what lorad reads, and says how the weights are stored",
        arguments: FamilyFixture.decoders)
    func roundTrip(_ fixture: FamilyFixture) throws {
        try withTemporaryFolder { folder in
            let model = try fixture.model()
            let lora = AdapterConfiguration(rank: 4, alpha: 8, dropout: 0, targets: ["all-linear"])
            let adapter = try Adapter.attach(lora, to: model, seed: 3)
            let identity = BaseIdentity(baseSHA256: "base", tokenizerSHA256: "tokenizer")
            try adapter.save(folder: folder, identity: identity, baseModel: fixture.name)
            adapter.detach()
            let again = try Adapter.load(folder: folder, into: model, expecting: identity)
            #expect(again.parameters.map(\.value.values) == adapter.parameters.map(\.value.values))
            let (own, peft) = try (
                JSONReader.parse(file: folder + "/adapter_config.json"),
                JSONReader.parse(file: fixture.adapterFolder("all-linear") + "/adapter_config.json")
            )
            let isTransposed = peft["fan_in_fan_out"]?.boolValue
            #expect(isTransposed != nil)
            #expect(own["fan_in_fan_out"]?.boolValue == isTransposed)
        }
    }
}

extension Adapter {
    /// Gradients under the names of the reference files.
    fileprivate var gradientsByPEFTName: [(name: String, gradient: [Float])] {
        modules.flatMap { module in
            [("A", module.a), ("B", module.b)].map { ("\(module.slot.name).lora_\($0)", $1.gradient.values) }
        }
    }
}

extension FamilyFixture {
    /// The mean losses of the ten reference steps.
    fileprivate func train(_ adapter: String, dtype: DType) throws -> [Double] {
        let model = try model(dtype: dtype)
        let loaded = try Adapter.load(folder: adapterFolder(adapter), into: model)
        let optimizer = AdamW(loaded.parameters, weightDecay: 0.01)
        let batches = try trainingBatches()
        let schedule = LearningRateSchedule(
            kind: .linear, peak: 0.005, warmupSteps: 2, totalSteps: batches.count)
        return try batches.enumerated().map { step, batch in
            let labels = Double(batch.labelRows.count)
            let loss = try model.trainingStep(batch, lossScale: Float(1 / labels), step: UInt64(step)) / labels
            optimizer.clip(norm: optimizer.gradientNorm(), maximum: 1)
            optimizer.update(learningRate: schedule.rate(step: step), step: step + 1)
            return loss
        }
    }
}
