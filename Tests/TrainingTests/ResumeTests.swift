import Adapters
import Foundation
import Tensors
import TestSupport
import Testing
import Training
import Transformers

@Suite("Interrupted training")
struct ResumeTests {
    private let examples = (0..<11).map { row in
        TokenizedExample(tokens: (0..<(6 + row)).map { ($0 * 7 + row) % 300 + 3 }, labelPositions: [2, 4])
    }

    private func configuration() -> TrainingConfiguration {
        var configuration = TrainingConfiguration(steps: 9)
        configuration.batchSize = 4
        configuration.learningRate = 5e-3
        configuration.warmupSteps = 2
        configuration.checkpointEvery = 2
        configuration.validateEvery = 3
        return configuration
    }

    private func start(
        _ configuration: TrainingConfiguration, dtype: DType = .float32, alpha: Float = 16, method: String = "lora",
        beginning: LowRankBeginning = .kaiming
    ) throws -> (Trainer, Adapter) {
        let model = try Fixtures.tinyModel(for: method, dtype: dtype)
        var settings = AdapterConfiguration(
            method: try AdapterMethods.named(method), rank: 4, alpha: alpha, dropout: 0.2,
            targets: ["q_proj", "v_proj", "down_proj"])
        settings.beginning = beginning
        if method == "ia3" { settings.feedforward = ["down_proj"] }
        (settings.budget.initialRank, settings.budget.targetRank) = (5, 2)
        (settings.budget.initialSteps, settings.budget.finalSteps) = (1, 3)
        settings.budget.totalSteps = configuration.steps
        let adapter = try Adapter.attach(settings, to: model, seed: 42)
        let trainer = Trainer(
            model: model, trainable: adapter, configuration: configuration, examples: examples,
            validation: Array(examples.prefix(3)))
        return (trainer, adapter)
    }

    @Test(
        "A run stopped after any step and resumed ends in the same bits as an undisturbed one", arguments: [1, 4, 8],
        DType.allCases)
    func resumed(stopAfter: Int, dtype: DType) throws {
        try withTemporaryFolder { folder in
            let (undisturbed, expected) = try start(configuration(), dtype: dtype)
            let expectedResult = try undisturbed.run()

            let checkpoint = folder + "/checkpoint.safetensors"
            let (first, _) = try start(configuration(), dtype: dtype)
            var steps = 0
            let error = #expect(throws: TrainingError.self) {
                try first.run(checkpoint: checkpoint, shouldStop: { steps >= stopAfter }, progress: { _ in steps += 1 })
            }
            #expect(error?.code == .interrupted)
            let (second, adapter) = try start(configuration(), dtype: dtype)
            let result = try second.run(checkpoint: checkpoint)
            #expect(adapter.parameters.map(\.value.values) == expected.parameters.map(\.value.values))
            #expect(result.losses == expectedResult.losses)
            #expect(result.validation.map(\.loss) == expectedResult.validation.map(\.loss))
        }
    }

    @Test(
        "A run of any method, stopped and resumed, ends in the same bits", arguments: AdapterMethods.all.map(\.name),
        DType.allCases)
    func methods(method: String, dtype: DType) throws {
        // Weights that are trained are in float32.
        if method == "full", dtype != .float32 { return }
        try withTemporaryFolder { folder in
            let (undisturbed, expected) = try start(configuration(), dtype: dtype, method: method)
            _ = try undisturbed.run()
            let checkpoint = folder + "/checkpoint.safetensors"
            let (first, _) = try start(configuration(), dtype: dtype, method: method)
            var steps = 0
            _ = #expect(throws: TrainingError.self) {
                try first.run(checkpoint: checkpoint, shouldStop: { steps >= 4 }, progress: { _ in steps += 1 })
            }
            let (second, adapter) = try start(configuration(), dtype: dtype, method: method)
            _ = try second.run(checkpoint: checkpoint)
            #expect(adapter.parameters.map(\.value.values) == expected.parameters.map(\.value.values))
        }
    }

    @Test(
        "A run that began as a part of the weights goes on from what its checkpoint says it began as",
        arguments: [LowRankBeginning.pissa, .olora])
    func beginnings(beginning: LowRankBeginning) throws {
        try withTemporaryFolder { folder in
            let (undisturbed, expected) = try start(configuration(), beginning: beginning)
            _ = try undisturbed.run()
            let checkpoint = folder + "/checkpoint.safetensors"
            let (first, _) = try start(configuration(), beginning: beginning)
            var steps = 0
            _ = #expect(throws: TrainingError.self) {
                try first.run(checkpoint: checkpoint, shouldStop: { steps >= 4 }, progress: { _ in steps += 1 })
            }
            let (second, adapter) = try start(configuration(), beginning: beginning)
            // As another CPU would have computed them.
            try #require(adapter.constants.count == 2 * adapter.modules.count)
            for constant in adapter.constants { constant.matrix[0, 0] += 0.5 }
            _ = try second.run(checkpoint: checkpoint)
            #expect(adapter.parameters.map(\.value.values) == expected.parameters.map(\.value.values))
            #expect(adapter.constants.map(\.matrix.values) == expected.constants.map(\.matrix.values))
        }
    }

    @Test("A checkpoint of a run with other settings is refused")
    func otherRun() throws {
        try withTemporaryFolder { folder in
            let checkpoint = folder + "/checkpoint.safetensors"
            _ = try start(configuration()).0.run(checkpoint: checkpoint)
            var other = configuration()
            other.learningRate = 1e-3
            let others = [
                try start(other), try start(configuration(), alpha: 64), try start(configuration(), dtype: .bfloat16),
                try start(configuration(), method: "dora"), try start(configuration(), beginning: .gaussian),
            ]
            for (trainer, _) in others {
                let error = #expect(throws: TrainingError.self) { try trainer.run(checkpoint: checkpoint) }
                #expect(error?.code == .mismatch)
            }
        }
    }

    @Test("The loss falls on rows that can be learned")
    func learns() throws {
        var configuration = configuration()
        configuration.steps = 60
        configuration.learningRate = 2e-2
        let losses = try start(configuration).0.run().losses
        let first = losses.prefix(5).reduce(0, +) / 5
        let last = losses.suffix(5).reduce(0, +) / 5
        #expect(last < 0.7 * first)
    }

    @Test("A rate that diverges ends the run, naming the step")
    func diverges() throws {
        var configuration = configuration()
        configuration.steps = 200
        configuration.learningRate = 1e39
        configuration.maximumGradientNorm = 0
        let error = #expect(throws: TrainingError.self) { try start(configuration).0.run() }
        #expect(error?.code == .notFinite)
        #expect(error?.message.hasPrefix("Step ") == true)
        #expect(error?.message.contains("nan(") == false)
    }
}
