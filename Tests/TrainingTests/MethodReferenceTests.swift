import Adapters
import ModelFiles
import Tensors
import TestSupport
import Testing
import Training
import Transformers

/// Every method, and what plain LoRA has beside rank and alpha, on what PEFT wrote and computed.
@Suite("Methods against PEFT's values (scripts/reference/adapter_methods.py)")
struct MethodReferenceTests {
    @Test("There is a case of every method")
    func complete() throws {
        let found = try MethodFixture.all.map { fixture in
            try Adapter.load(folder: fixture.folder, into: fixture.model()).configuration.method.name
        }
        #expect(Set(found) == Set(AdapterMethods.all.filter { !$0.publishesModel }.map(\.name)))
        // What is merged is compared with PEFT's merge, and nothing else is without one.
        for (fixture, name) in try paired(MethodFixture.all, found) {
            let isMerged = MethodFixture.mergeable.contains { $0.name == fixture.name }
            #expect(try isMerged == (AdapterMethods.named(name).mergeObstacle == nil))
        }
    }

    @Test("An adapter that PEFT wrote gives PEFT's logits", arguments: MethodFixture.all)
    func logits(_ fixture: MethodFixture) throws {
        let model = try fixture.model()
        _ = try Adapter.load(folder: fixture.folder, into: model)
        let found = try model.logits(fixture.batch().labelledEverywhere()).values
        let expected = try fixture.tensor("logits").values
        #expect(firstDifference(found, expected, relative: 1e-4, absolute: 3e-4) == nil)
    }

    @Test("Merged weights answer as PEFT's own merge does", arguments: MethodFixture.mergeable)
    func merged(_ fixture: MethodFixture) throws {
        try withTemporaryFolder { folder in
            let base = try fixture.base()
            let adapter = try Adapter.load(folder: fixture.folder, into: fixture.model())
            try MergedWeights.writeOverlay(adapter, base: base, dtype: .f32, to: folder + "/merged.safetensors")
            let source = try MergedSource(base: base, overlay: folder + "/merged.safetensors")
            let model = try LanguageModel.load(source, dtype: .float32)
            let found = try model.logits(fixture.batch().labelledEverywhere()).values
            let expected = try fixture.tensor("merged_logits").values
            #expect(firstDifference(found, expected, relative: 1e-4, absolute: 3e-4) == nil)
        }
    }

    @Test("Gradients of every tensor equal PyTorch's", arguments: MethodFixture.all)
    func gradients(_ fixture: MethodFixture) throws {
        let model = try fixture.model()
        let adapter = try Adapter.load(folder: fixture.folder, into: model)
        let batch = try fixture.batch()
        _ = try model.trainingStep(batch, lossScale: 1 / Float(batch.labelRows.count), step: 0)
        try #require(!adapter.parameters.isEmpty)
        for parameter in adapter.parameters {
            let expected = try fixture.tensor("gradient.\(parameter.name)").values
            let difference = firstDifference(parameter.gradient.values, expected, relative: 1e-3, absolute: 1e-4)
            #expect(difference == nil, "\(parameter.name): \(difference ?? "")")
        }
    }

    @Test("Ten AdamW steps have PyTorch's losses within a relative 1e-4", arguments: MethodFixture.all)
    func losses(_ fixture: MethodFixture) throws {
        let (found, expected) = (try train(fixture, .float32), try fixture.losses())
        try #require(found.count == 10 && expected.count == 10)
        for (step, (loss, wanted)) in try paired(found, expected).enumerated() {
            #expect(abs(loss - wanted) <= 1e-4 * wanted, "loss of step \(step + 1)")
        }
    }

    @Test("A whole budget of AdaLoRA's takes the ranks that PEFT takes", arguments: ["adalora", "adalora-gpt2"])
    func budget(_ name: String) throws {
        let fixture = try #require(MethodFixture.all.first { $0.name == name })
        let model = try fixture.model()
        let adapter = try Adapter.load(folder: fixture.folder, into: model)
        #expect(!adapter.state.isEmpty)
        _ = try train(fixture, model, adapter)
        var (kept, all) = (0, 0)
        for parameter in adapter.parameters {
            let expected = try fixture.tensor("trained.\(parameter.name)").values
            let difference = firstDifference(parameter.value.values, expected, relative: 1e-3, absolute: 1e-3)
            #expect(difference == nil, "\(parameter.name): \(difference ?? "")")
            guard parameter.name.hasSuffix("lora_E") else { continue }
            #expect(parameter.value.values.map { $0 == 0 } == expected.map { $0 == 0 }, "\(parameter.name)")
            kept += expected.count { $0 != 0 }
            all += expected.count
        }
        #expect(kept == adapter.modules.count * adapter.configuration.budget.targetRank && kept < all)
    }

    @Test("In bfloat16 the ten losses stay within 4% of PyTorch's in float32", arguments: MethodFixture.all)
    func bfloat16(_ fixture: MethodFixture) throws {
        let (found, expected) = (try train(fixture, .bfloat16), try fixture.losses())
        try #require(found.count == 10 && expected.count == 10)
        for (step, (loss, wanted)) in try paired(found, expected).enumerated() {
            #expect(abs(loss - wanted) <= 0.04 * wanted, "loss of step \(step + 1)")
        }
    }

    @Test(
        "Activation checkpointing changes no bit of loss or gradient", arguments: MethodFixture.all, DType.allCases)
    func checkpointing(_ fixture: MethodFixture, dtype: DType) throws {
        func step(checkpointing: Bool) throws -> (loss: Double, gradients: [Float]) {
            let model = try fixture.model(dtype: dtype)
            model.activationCheckpointing = checkpointing
            let adapter = try Adapter.load(folder: fixture.folder, into: model)
            let loss = try model.trainingStep(fixture.batch(), lossScale: 1, step: 3)
            return (loss, adapter.parameters.flatMap(\.gradient.values))
        }
        let (kept, again) = (try step(checkpointing: false), try step(checkpointing: true))
        #expect(again.loss == kept.loss)
        #expect(again.gradients == kept.gradients)
    }

    /// The losses of the fixture's steps with the optimizer of `scripts/reference/tiny/training.py`.
    private func train(_ fixture: MethodFixture, _ dtype: DType) throws -> [Double] {
        let model = try fixture.model(dtype: dtype)
        return try train(fixture, model, Adapter.load(folder: fixture.folder, into: model))
    }

    private func train(_ fixture: MethodFixture, _ model: LanguageModel, _ adapter: Adapter) throws -> [Double] {
        let optimizer = AdamW(adapter.parameters, weightDecay: 0.01, ratio: try fixture.rateRatio())
        let batches = try fixture.trainingBatches().prefix(10)
        let schedule = LearningRateSchedule(kind: .linear, peak: 0.005, warmupSteps: 2, totalSteps: batches.count)
        return try batches.enumerated().map { step, batch in
            let labels = Double(batch.labelRows.count)
            let loss =
                try model.trainingStep(batch, lossScale: Float(1 / labels), step: UInt64(step)) / labels
                + adapter.regularise()
            optimizer.clip(norm: optimizer.gradientNorm(), maximum: 1)
            optimizer.update(learningRate: schedule.rate(step: step), step: step + 1) {
                adapter.updated(step: step + 1)
            }
            return loss
        }
    }
}
