import Adapters
import Foundation
import ModelFiles
import TestSupport
import Testing
import Tokenizers
import Training
import Transformers

@Suite("Training classification heads (scripts/reference/classifiers)")
struct ClassifierTrainingTests {
    @Test(
        "Ten AdamW steps over adapter and head have PyTorch's losses and gradient norms", arguments: ClassifierCase.all)
    func losses(golden: ClassifierCase) throws {
        let document = try golden.document()
        let losses = try goldenNumbers(document["losses"])
        let norms = try goldenNumbers(document["gradient_norms"])
        let model = try golden.model()
        let adapter = try Adapter.load(folder: golden.adapterFolder, into: model)
        let optimizer = AdamW(adapter.parameters, weightDecay: 0.01)
        let batches = try golden.batches()
        #expect(batches.count == 10 && losses.count == 10)
        for (step, batch) in batches.enumerated() {
            let count = Double(batch.labelRows.count)
            let loss = try model.trainingStep(batch, lossScale: Float(1 / count), step: UInt64(step)) / count
            let norm = optimizer.gradientNorm()
            #expect(abs(loss - losses[step]) <= 1e-4 * losses[step], "loss of step \(step + 1)")
            #expect(abs(norm - norms[step]) <= 1e-3 * norms[step], "gradient norm of step \(step + 1)")
            optimizer.clip(norm: norm, maximum: 1)
            optimizer.update(learningRate: 2e-3, step: step + 1)
        }
    }

    private func examples() -> [TokenizedExample] {
        (0..<12).map { row in
            let length = 4 + row % 5
            let ids = (0..<length).map { 5 + (row * 7 + $0 * 3) % 50 }
            let text = EncodedText(ids: ids, typeIDs: ids.indices.map { $0 * 2 / length })
            return TokenizedExample(text, position: 0, target: .label(row % 2))
        }
    }

    private func run(
        steps: Int, microBatch: Int = 1024, checkpoint: String? = nil, stopAfter: Int? = nil
    ) throws -> (losses: [Double], parameters: [[Float]])? {
        let model = try ClassifierCase(name: "bert-headless").model()
        let lora = AdapterConfiguration(rank: 4, alpha: 8, dropout: 0.1, targets: ["query", "value"])
        let adapter = try Adapter.attach(lora, to: model, seed: 3)
        var configuration = TrainingConfiguration(steps: steps)
        configuration.batchSize = 4
        configuration.learningRate = 2e-3
        configuration.weightDecay = 0.01
        configuration.checkpointEvery = 0
        configuration.microBatchTokens = microBatch
        let trainer = Trainer(
            model: model, trainable: adapter, configuration: configuration, examples: examples(),
            validation: Array(examples().prefix(3)))
        var done = 0
        do {
            let result = try trainer.run(checkpoint: checkpoint, shouldStop: { done == stopAfter }) { _ in done += 1 }
            #expect(result.validation.count == 1)
            return (result.losses, adapter.parameters.map(\.value.values))
        } catch let error as TrainingError where error.code == .interrupted {
            return nil
        }
    }

    @Test("An interrupted run with a head, resumed, ends in the same bits")
    func resume() throws {
        try withTemporaryFolder { folder in
            let whole = try #require(try run(steps: 6))
            let checkpoint = folder + "/checkpoint.safetensors"
            #expect(try run(steps: 6, checkpoint: checkpoint, stopAfter: 3) == nil)
            let resumed = try #require(try run(steps: 6, checkpoint: checkpoint))
            #expect(resumed.losses == whole.losses)
            #expect(resumed.parameters == whole.parameters)
            #expect(whole.losses[5] < whole.losses[0])
        }
    }

    @Test("How a step is cut into batches changes its losses by rounding alone")
    func cut() throws {
        let whole = try #require(try run(steps: 1))
        let cut = try #require(try run(steps: 1, microBatch: 8))
        #expect(abs(whole.losses[0] - cut.losses[0]) < 1e-5)
    }
}
