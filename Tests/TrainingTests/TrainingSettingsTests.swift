import Adapters
import Foundation
import ModelFiles
import Tensors
import TestSupport
import Testing
import Training
import Transformers

@Suite("Settings of a run against transformers' values (scripts/reference/training_settings.py)")
struct TrainingSettingsTests {
    private let golden: JSONValue

    init() throws { golden = try Fixtures.json("training-settings/settings.json") }

    @Test("Schedules with a minimum have transformers' rates")
    func schedules() throws {
        let cases = try goldenList(golden["schedules"])
        try #require(cases.count == 12)
        for golden in cases {
            let name = golden["schedule"]?.stringValue ?? ""
            let schedule = LearningRateSchedule(
                kind: try #require(.init(rawValue: name)), peak: golden["learning_rate"]?.doubleValue ?? 0,
                warmupSteps: golden["warmup_steps"]?.intValue ?? 0, totalSteps: golden["steps"]?.intValue ?? 0,
                minimumShare: golden["min_lr_rate"]?.doubleValue ?? 0, decaySteps: golden["decay_steps"]?.intValue ?? 0)
            let rates = try goldenList(golden["rates"])
            try #require(rates.count == schedule.totalSteps)
            for (step, rate) in rates.enumerated() {
                let expected = try #require(rate.doubleValue)
                #expect(abs(schedule.rate(step: step) - expected) <= 1e-9 * schedule.peak, "\(name), step \(step)")
            }
        }
    }

    @Test("Loss and gradients have PyTorch's values", arguments: ["label_smoothing", "neftune"])
    func gradients(setting: String) throws {
        let seed = UInt64(try #require(golden["seed"]?.intValue))
        let regularisation =
            setting == "neftune"
            ? Regularisation(
                noise: EmbeddingNoise(alpha: try #require(golden["neftune_alpha"]?.doubleValue), seed: seed))
            : Regularisation(labelSmoothing: Float(try #require(golden["label_smoothing"]?.doubleValue)))
        let model = try Fixtures.tinyModel()
        let adapter = try Adapter.load(folder: Fixtures.path("adapters/all-linear"), into: model)
        let batch = try PackedBatch(reference: goldenList(Fixtures.json("llama-tiny/batch.json")))
        let labels = Double(batch.labelRows.count)
        let step = UInt64(try #require(golden["step"]?.intValue))
        let loss = try model.trainingStep(
            batch, lossScale: Float(1 / labels), step: step, regularisation: regularisation)
        let expected = try #require(golden["losses"]?[setting]?.doubleValue)
        #expect(abs(loss / labels - expected) <= 1e-4 * expected, "\(loss / labels), not \(expected)")
        try #require(!adapter.modules.isEmpty)
        for module in adapter.modules {
            for (letter, parameter) in [("A", module.a), ("B", module.b)] {
                let name = "\(setting).\(module.slot.name).lora_\(letter)"
                let expected = try Fixtures.tensor(name, in: "training-settings/gradients.safetensors")
                let difference = firstDifference(
                    parameter.gradient.values, expected.values, relative: 1e-3, absolute: 1e-4)
                #expect(difference == nil, "\(name)")
            }
        }
    }

    private func configuration(_ change: (inout TrainingConfiguration) -> Void) -> TrainingConfiguration {
        var configuration = TrainingConfiguration(steps: 4)
        (configuration.batchSize, configuration.learningRate) = (4, 5e-3)
        change(&configuration)
        return configuration
    }

    /// The values that a run ends with; rows begin alike.
    private func trained(
        _ configuration: TrainingConfiguration, dtype: DType = .float32, checkpoint: String? = nil
    ) throws -> [[Float]] {
        let model = try Fixtures.tinyModel(dtype: dtype)
        let adapter = try Adapter.attach(
            AdapterConfiguration(rank: 4, targets: ["all-linear"]), to: model, seed: configuration.seed)
        let examples = (0..<6).map { row in
            TokenizedExample(tokens: [5, 9, 30, 40 + row, 50 + row, 60, 200 + row], labelPositions: [4, 5])
        }
        let trainer = Trainer(
            model: model, trainable: adapter, configuration: configuration, examples: examples, validation: [])
        _ = try trainer.run(checkpoint: checkpoint)
        return adapter.parameters.map(\.value.values)
    }

    @Test("Each setting changes what is trained, and a checkpoint of a run without it is refused")
    func settings() throws {
        let plain = try trained(configuration { _ in })
        let changes: [(inout TrainingConfiguration) -> Void] = [
            { $0.labelSmoothing = 0.1 }, { $0.noiseAlpha = 5 },
            { ($0.schedule, $0.minimumRateShare) = (.cosineWithMinimum, 0.2) },
            { ($0.schedule, $0.decaySteps) = (.warmupStableDecay, 2) },
        ]
        for change in changes {
            #expect(try trained(configuration(change)) != plain)
            try withTemporaryFolder { folder in
                let checkpoint = folder + "/checkpoint.safetensors"
                _ = try trained(configuration { $0.checkpointEvery = 1 }, checkpoint: checkpoint)
                let error = #expect(throws: TrainingError.self) {
                    try trained(
                        configuration {
                            $0.checkpointEvery = 1
                            change(&$0)
                        }, checkpoint: checkpoint)
                }
                #expect(error?.code == .mismatch)
            }
        }
    }

    @Test("Noise is the same however a step is cut into batches, within rounding of the sums", arguments: [3, 7, 1024])
    func cut(tokens: Int) throws {
        let whole = try trained(configuration { $0.noiseAlpha = 5 })
        let cut = try trained(
            configuration {
                $0.noiseAlpha = 5
                $0.microBatchTokens = tokens
            })
        for (one, other) in try paired(whole, cut) {
            #expect(firstDifference(one, other, relative: 1e-3, absolute: 1e-5) == nil)
        }
    }
}
