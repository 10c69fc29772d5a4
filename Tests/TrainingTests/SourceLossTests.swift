import Adapters
import Foundation
import Tensors
import TestSupport
import Testing
import Training
import Transformers

/// The training loss of each of several sources.
@Suite("Losses by source")
struct SourceLossTests {
    private static let sources = [0..<3, 3..<8]

    /// Of two lengths, so that a mean over rows is another one than over labels.
    private static let examples = (0..<8).map { row in
        TokenizedExample(
            tokens: [5 + row, 9, 11 + row, 200 + row % 3, 7], labelPositions: row < 3 ? [1, 2, 3] : [2])
    }

    private func start(
        steps: Int = 6, rate: Double = 2e-3, told: [Range<Int>] = sources,
        _ change: (inout TrainingConfiguration) -> Void = { _ in }
    ) throws -> (Trainer, LanguageModel, Adapter) {
        let model = try Fixtures.tinyModel(dtype: .float32)
        let settings = AdapterConfiguration(method: try AdapterMethods.named("lora"), rank: 4, alpha: 16, dropout: 0)
        let adapter = try Adapter.attach(settings, to: model, seed: 42)
        var configuration = TrainingConfiguration(steps: steps)
        configuration.batchSize = 4
        configuration.learningRate = rate
        configuration.schedule = .constant
        configuration.microBatchTokens = 11
        configuration.checkpointEvery = 1
        change(&configuration)
        let trainer = Trainer(
            model: model, trainable: adapter, configuration: configuration, examples: Self.examples, validation: [],
            sources: told)
        return (trainer, model, adapter)
    }

    @Test("A source's loss is the mean over its own labels, by a model that does not change")
    func frozen() throws {
        // Two epochs of 8 rows, four at a time: every row twice.
        let (trainer, model, _) = try start(steps: 4, rate: 0)
        let result = try trainer.run()
        let found = try #require(result.sources)
        #expect(found.map(\.labels) == [18, 10])
        for (source, range) in try paired(found, Self.sources) {
            let losses = try MicroBatches.pack(Array(Self.examples[range]), maximumTokens: 1_000).flatMap {
                try model.losses($0).map(Double.init)
            }
            let mean = losses.reduce(0, +) / Double(losses.count)
            #expect(abs(try #require(source.mean) - mean) < 1e-5 * mean)
        }
    }

    @Test("Sources add up to the run, and to be told of them changes no bit of it", arguments: [0.0, 0.1])
    func sums(smoothing: Double) throws {
        let (trainer, _, adapter) = try start { $0.labelSmoothing = smoothing }
        let result = try trainer.run()
        let sources = try #require(result.sources)
        #expect(sources.reduce(0) { $0 + $1.labels } == result.supervisedTokens)
        // Which labels a step has is known from its rows.
        var order = StepRows(
            count: 8,
            {
                var plan = TrainingConfiguration(steps: 6); plan.batchSize = 4; return plan
            }())
        var rows: [Int] = []
        let total = result.losses.enumerated().reduce(0.0) { sum, step in
            order.take(step: step.offset, into: &rows)
            return sum + step.element * Double(rows.reduce(0) { $0 + Self.examples[$1].labelPositions.count })
        }
        #expect(abs(sources.reduce(0) { $0 + $1.total } - total) < 1e-5 * total)
        let (plain, _, other) = try start(told: []) { $0.labelSmoothing = smoothing }
        let untold = try plain.run()
        #expect(untold.sources == nil && untold.losses == result.losses)
        #expect(other.parameters.map(\.value.values) == adapter.parameters.map(\.value.values))
    }

    @Test("A resumed run has the same losses; after steps that nobody counted it has none")
    func resumed() throws {
        let expected = try start().0.run().sources
        for told in [Self.sources, []] {
            try withTemporaryFolder { folder in
                let checkpoint = folder + "/checkpoint.safetensors"
                var steps = 0
                _ = #expect(throws: TrainingError.self) {
                    try start(told: told).0.run(
                        checkpoint: checkpoint, shouldStop: { steps == 3 }, progress: { _ in steps += 1 })
                }
                let resumed = try start().0.run(checkpoint: checkpoint).sources
                #expect(resumed == (told.isEmpty ? nil : expected))
            }
        }
        try #require(expected != nil)
    }
}
