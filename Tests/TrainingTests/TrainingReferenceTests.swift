import Adapters
import ModelFiles
import TestSupport
import Testing
import Training
import Transformers

@Suite("Training against PyTorch's values (scripts/reference/llama_tiny.py)")
struct TrainingReferenceTests {
    /// The fixture's batches have sizes of their own, so they go through the step below the loop.
    @Test(
        "Twenty AdamW steps have PyTorch's losses and gradient norms",
        arguments: [("all-linear", "all_linear"), ("query-value", "query_value")])
    func losses(folder: String, golden: String) throws {
        let fixture = try Fixtures.json("llama-tiny/training.json")
        let model = try Fixtures.tinyModel()
        let adapter = try Adapter.load(folder: Fixtures.path("adapters/\(folder)"), into: model)
        let optimizer = AdamW(adapter.parameters, weightDecay: 0.01)
        let schedule = LearningRateSchedule(kind: .linear, peak: 0.005, warmupSteps: 2, totalSteps: 20)
        let run = try #require(fixture["runs"]?[golden])
        let losses = try goldenNumbers(run["loss"])
        let norms = try goldenNumbers(run["grad_norm"])
        for (step, rows) in try goldenList(fixture["batches"]).enumerated() {
            let batch = try PackedBatch(reference: goldenList(rows))
            let labels = Double(batch.labelRows.count)
            let loss = try model.trainingStep(batch, lossScale: Float(1 / labels), step: UInt64(step)) / labels
            let norm = optimizer.gradientNorm()
            #expect(abs(loss - losses[step]) <= 1e-4 * losses[step], "loss of step \(step + 1)")
            #expect(abs(norm - norms[step]) <= 1e-3 * norms[step], "gradient norm of step \(step + 1)")
            optimizer.clip(norm: norm, maximum: 1)
            optimizer.update(learningRate: schedule.rate(step: step), step: step + 1)
        }
        for module in adapter.modules {
            for (letter, parameter) in [("A", module.a), ("B", module.b)] {
                let name = "\(golden).\(module.slot.name).lora_\(letter)"
                let expected = try Fixtures.tensor(name, in: "llama-tiny/trained.safetensors")
                let difference = firstDifference(
                    parameter.value.values, expected.values, relative: 1e-2, absolute: 2e-3)
                #expect(difference == nil, "\(name)")
            }
        }
    }

    @Test("In bfloat16 the twenty losses stay within 2% of PyTorch's in float32")
    func bfloat16() throws {
        let fixture = try Fixtures.json("llama-tiny/training.json")
        let model = try Fixtures.tinyModel(dtype: .bfloat16)
        let adapter = try Adapter.load(folder: Fixtures.path("adapters/all-linear"), into: model)
        let optimizer = AdamW(adapter.parameters, weightDecay: 0.01)
        let schedule = LearningRateSchedule(kind: .linear, peak: 0.005, warmupSteps: 2, totalSteps: 20)
        let losses = try goldenNumbers(fixture["runs"]?["all_linear"]?["loss"])
        for (step, rows) in try goldenList(fixture["batches"]).enumerated() {
            let batch = try PackedBatch(reference: goldenList(rows))
            let labels = Double(batch.labelRows.count)
            let loss = try model.trainingStep(batch, lossScale: Float(1 / labels), step: UInt64(step)) / labels
            #expect(abs(loss - losses[step]) <= 0.02 * losses[step], "loss of step \(step + 1)")
            optimizer.clip(norm: optimizer.gradientNorm(), maximum: 1)
            optimizer.update(learningRate: schedule.rate(step: step), step: step + 1)
        }
    }
}
