import Adapters
import Foundation
import Tensors
import TestSupport
import Testing
import Training
import Transformers

/// Runs whose last step is worse than an earlier one.
@Suite("The best checkpoint")
struct BestCheckpointTests {
    private static let steps = 12

    private func row(_ row: Int, answer: Int) -> TokenizedExample {
        TokenizedExample(tokens: [5 + row, 9, 11 + row, 200 + answer], labelPositions: [2])
    }

    private func configuration(keepsBest: Bool = true) -> TrainingConfiguration {
        var configuration = TrainingConfiguration(steps: Self.steps)
        configuration.batchSize = 4
        configuration.learningRate = 2e-2
        configuration.schedule = .constant
        configuration.checkpointEvery = 2
        configuration.validateEvery = 2
        configuration.keepsBest = keepsBest
        return configuration
    }

    /// The rows watched are answered otherwise than those trained on, which is learned by heart.
    private func start(_ configuration: TrainingConfiguration, method: String = "lora") throws -> (Trainer, Adapter) {
        let model = try Fixtures.tinyModel(dtype: .float32)
        let settings = AdapterConfiguration(
            method: try AdapterMethods.named(method), rank: 4, alpha: 16, dropout: 0.1)
        let adapter = try Adapter.attach(settings, to: model, seed: 42)
        let trainer = Trainer(
            model: model, trainable: adapter, configuration: configuration,
            examples: (0..<8).map { row($0, answer: 1) }, validation: (0..<4).map { row($0, answer: 1 + $0 % 2) })
        return (trainer, adapter)
    }

    private func values(_ adapter: Adapter) -> [[Float]] { adapter.parameters.map(\.value.values) }

    @Test("A run ends with the values of the step with the lowest validation loss", arguments: ["lora", "dora"])
    func best(method: String) throws {
        let (trainer, adapter) = try start(configuration(), method: method)
        var passed: [[[Float]]] = []
        let result = try trainer.run(progress: { _ in passed.append(values(adapter)) })
        let best = try #require(result.best)
        let last = try #require(result.validation.last)
        #expect(last.step == Self.steps && best.step < last.step && best.value < last.loss)
        #expect(result.validation.allSatisfy { $0.loss >= best.value })
        #expect(result.keptStep == best.step)
        #expect(values(adapter) == passed[best.step - 1])
        #expect(values(adapter) != passed[Self.steps - 1])
    }

    @Test("Without it a run ends with the last step, and says which was better")
    func last() throws {
        let (trainer, adapter) = try start(configuration(keepsBest: false))
        var passed: [[Float]] = []
        let result = try trainer.run(progress: { _ in passed = values(adapter) })
        #expect(result.best.map { $0.step < Self.steps } == true)
        #expect(result.keptStep == Self.steps && values(adapter) == passed)
    }

    @Test("A run killed after any step, before the best one or after it, and resumed ends in the same bits")
    func resumed() throws {
        let (undisturbed, expected) = try start(configuration())
        let expectedResult = try undisturbed.run()
        for stopAfter in 1..<Self.steps {
            try withTemporaryFolder { folder in
                let checkpoint = folder + "/checkpoint.safetensors"
                let (first, _) = try start(configuration())
                var steps = 0
                _ = #expect(throws: TrainingError.self) {
                    try first.run(
                        checkpoint: checkpoint, shouldStop: { steps >= stopAfter }, progress: { _ in steps += 1 })
                }
                let (second, adapter) = try start(configuration())
                let result = try second.run(checkpoint: checkpoint)
                #expect(values(adapter) == values(expected), "stopped after \(stopAfter)")
                #expect(result.keptStep == expectedResult.keptStep)
                #expect(result.validation.map(\.loss) == expectedResult.validation.map(\.loss))
            }
        }
    }

    /// What is measured after a step: best at 6 where higher is better, at 10 where lower is, without a value at 4.
    private static let measured: [Int: Double] = [2: 0.5, 4: .nan, 6: 0.75, 8: 0.75, 10: 0.25, 12: 0.5]

    private func run(
        _ trainer: Trainer, checkpoint: String? = nil, stopAfter: Int = .max
    ) throws -> TrainingResult {
        var step = 0
        return try trainer.run(
            checkpoint: checkpoint, shouldStop: { step >= stopAfter }, progress: { step = $0.step },
            measure: { told in
                told(0.5)
                return try #require(Self.measured[step])
            })
    }

    @Test(
        "A measure of somebody else's tells the best step, its first one of equals, and a resumed run agrees",
        arguments: [(true, 6), (false, 10)])
    func measured(higherIsBetter: Bool, best: Int) throws {
        var configuration = configuration()
        configuration.criterion = BestCriterion(name: "books.accuracy", higherIsBetter: higherIsBetter)
        let (undisturbed, expected) = try start(configuration)
        let result = try run(undisturbed)
        #expect(result.keptStep == best && result.best?.step == best)
        #expect(result.best?.value == Self.measured[best])
        #expect(result.validation.map(\.step) == [2, 4, 6, 8, 10, 12] && result.measures[1].isNaN)
        for stopAfter in 1..<Self.steps {
            try withTemporaryFolder { folder in
                let checkpoint = folder + "/checkpoint.safetensors"
                _ = #expect(throws: TrainingError.self) {
                    try run(start(configuration).0, checkpoint: checkpoint, stopAfter: stopAfter)
                }
                let (second, adapter) = try start(configuration)
                let resumed = try run(second, checkpoint: checkpoint)
                #expect(values(adapter) == values(expected), "stopped after \(stopAfter)")
                #expect(resumed.keptStep == best)
                #expect(resumed.measures.map(\.bitPattern) == result.measures.map(\.bitPattern))
            }
        }
        configuration.criterion = BestCriterion(name: "films.accuracy", higherIsBetter: higherIsBetter)
        try withTemporaryFolder { folder in
            let checkpoint = folder + "/checkpoint.safetensors"
            var other = configuration
            other.criterion = BestCriterion(name: "books.accuracy", higherIsBetter: higherIsBetter)
            _ = try run(start(other).0, checkpoint: checkpoint)
            let error = #expect(throws: TrainingError.self) {
                try run(start(configuration).0, checkpoint: checkpoint)
            }
            #expect(error?.code == .mismatch)
        }
    }

    @Test("Where a measure never has a value, a run ends with its last step")
    func unmeasured() throws {
        var configuration = configuration()
        configuration.criterion = BestCriterion(name: "all.pearson", higherIsBetter: true)
        let (trainer, adapter) = try start(configuration)
        var last: [[Float]] = []
        let result = try trainer.run(progress: { _ in last = values(adapter) }, measure: { _ in .nan })
        #expect(result.best == nil && result.keptStep == Self.steps && values(adapter) == last)
    }

    @Test("A run killed after its last checkpoint ends with the same values again")
    func ended() throws {
        try withTemporaryFolder { folder in
            let checkpoint = folder + "/checkpoint.safetensors"
            let (first, expected) = try start(configuration())
            let kept = try first.run(checkpoint: checkpoint).keptStep
            let (second, adapter) = try start(configuration())
            var steps = 0
            let result = try second.run(checkpoint: checkpoint, progress: { _ in steps += 1 })
            #expect(steps == 0 && result.keptStep == kept && values(adapter) == values(expected))
        }
    }

    @Test("A checkpoint without the best values belongs to another run, and one of a run without it is as it was")
    func otherRun() throws {
        try withTemporaryFolder { folder in
            let checkpoint = folder + "/checkpoint.safetensors"
            _ = try start(configuration(keepsBest: false)).0.run(checkpoint: checkpoint)
            let file = try String(decoding: Data(contentsOf: URL(fileURLWithPath: checkpoint)), as: UTF8.self)
            #expect(!file.contains(".best"))
            let error = #expect(throws: TrainingError.self) {
                try start(configuration()).0.run(checkpoint: checkpoint)
            }
            #expect(error?.code == .mismatch)
        }
    }
}
