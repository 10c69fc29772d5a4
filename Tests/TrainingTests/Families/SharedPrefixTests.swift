import Adapters
import Tensors
import TestSupport
import Testing
import Training
import Transformers

/// Rows that begin alike, computed once and each by itself.
@Suite("Decoder families: shared prefixes")
struct SharedPrefixTests {
    /// Nine sequences on three beginnings, one of them within another, with labels after it.
    private func batch(_ model: LanguageModel) -> PackedBatch {
        let vocabulary = model.configuration.vocabularySize
        var batch = PackedBatch()
        for index in 0..<9 {
            let beginning = [7, 3, 7][index % 3]
            let tokens = (0..<(beginning + 2 + index)).map { position in
                (position < beginning ? position * 13 + 5 : position * 31 + index * 17) % vocabulary
            }
            let labels = (beginning..<tokens.count).map { (position: $0, target: ($0 * 7 + index) % vocabulary) }
            batch.append(tokens: tokens, labels: labels)
        }
        return batch
    }

    @Test(
        "Scores are the same bits as of sequences computed each by itself", arguments: FamilyFixture.decoders,
        DType.allCases)
    func scores(_ fixture: FamilyFixture, dtype: DType) throws {
        let model = try fixture.model(dtype: dtype)
        _ = try Adapter.load(folder: fixture.adapterFolder("all-linear"), into: model)
        let batch = batch(model)
        let shared = try model.logProbabilities(batch)
        if model.computesPrefixesOnce {
            #expect(model.rows(batch, isTraining: true).tokens.count < batch.rowCount)
        }
        model.sharesPrefixes = false
        #expect(model.rows(batch, isTraining: true).tokens.count == batch.rowCount)
        #expect(try model.logProbabilities(batch) == shared)
    }

    @Test(
        "A step's loss and gradients agree with those of sequences computed each by itself",
        arguments: FamilyFixture.decoders, [false, true])
    func gradients(_ fixture: FamilyFixture, checkpointing: Bool) throws {
        func step(shares: Bool) throws -> (loss: Double, gradients: [Float]) {
            let model = try fixture.model()
            (model.sharesPrefixes, model.activationCheckpointing) = (shares, checkpointing)
            let adapter = try Adapter.load(folder: fixture.adapterFolder("all-linear"), into: model)
            let loss = try model.trainingStep(batch(model), lossScale: 1, step: 3)
            return (loss, adapter.parameters.flatMap(\.gradient.values))
        }
        let (shared, apart) = (try step(shares: true), try step(shares: false))
        #expect(abs(shared.loss - apart.loss) <= 1e-6 * abs(apart.loss))
        #expect(firstDifference(shared.gradients, apart.gradients, relative: 1e-4, absolute: 2e-5) == nil)
    }

    @Test("Training with dropout shares nothing, scoring does")
    func dropout() throws {
        let fixture = FamilyFixture(name: "qwen2")
        let model = try fixture.model()
        let lora = AdapterConfiguration(rank: 4, alpha: 8, dropout: 0.3, targets: ["all-linear"])
        _ = try Adapter.attach(lora, to: model, seed: 7)
        let batch = batch(model)
        #expect(model.rows(batch, isTraining: true) == PackedRows(batch))
        #expect(model.rows(batch, isTraining: false).tokens.count < batch.rowCount)
    }
}
