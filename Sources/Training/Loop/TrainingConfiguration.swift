import Transformers

/// How a training run goes.
package struct TrainingConfiguration: Sendable, Equatable {
    /// Optimizer steps.
    package var steps: Int
    /// Rows a step.
    package var batchSize = 16
    package var learningRate = 2e-4
    package var schedule = LearningRateSchedule.Kind.linear
    package var warmupSteps = 0
    /// The lowest learning rate as a share of `learningRate`, of schedules that have one.
    package var minimumRateShare = 0.0
    /// The last steps, in which the schedule `warmupStableDecay` falls.
    package var decaySteps = 0
    package var weightDecay: Float = 0
    /// Gradients are clipped to this global norm; 0 does not clip.
    package var maximumGradientNorm = 1.0
    package var seed: UInt64 = 42
    /// Steps between checkpoints; 0 writes none.
    package var checkpointEvery = 50
    /// Steps between validations; 0 validates at the end alone.
    package var validateEvery = 0
    /// Rows of one forward and backward pass, in tokens.
    package var microBatchTokens = 1024
    /// How likely rows are drawn; empty where an epoch has each once.
    package var weights: [WeightedRows] = []

    /// Validations without improvement after which training ends early; nil trains to the last step.
    package var patience: Int?
    /// What counts as an improvement of the validation loss, in nats.
    package var minimumImprovement = 0.0

    /// The share of a target's probability that is spread over all others; validation knows none of it.
    package var labelSmoothing = 0.0
    /// NEFTune's alpha, for noise on token embeddings in training steps; 0 for none.
    package var noiseAlpha = 0.0

    /// LoRA+'s ratio: how many times the learning rate of A that of B is, and of vectors.
    package var raisedRateRatio = 1.0

    /// The SHA-256 of what training began from, where that is not a function of the seed.
    package var startsFrom: String?

    /// Whether the run ends with the values of the best validation; else with the last step's.
    package var keepsBest = false
    /// What tells a better validation from a worse one; nil: its loss.
    package var criterion: BestCriterion?

    package init(steps: Int) {
        self.steps = steps
    }

    /// What decides a run's course, as text that stays as it is: checkpoints hold its hash. A setting that is new adds to
    /// the text only where it is not what runs had before there was one.
    var fingerprint: String {
        "TrainingConfiguration(steps: \(steps), batchSize: \(batchSize), learningRate: \(learningRate), "
            + "schedule: Training.LearningRateSchedule.Kind.\(schedule), warmupSteps: \(warmupSteps), "
            + "weightDecay: \(weightDecay), maximumGradientNorm: \(maximumGradientNorm), seed: \(seed), "
            + "checkpointEvery: \(checkpointEvery), validateEvery: \(validateEvery), "
            + "microBatchTokens: \(microBatchTokens), patience: \(patience.map { "Optional(\($0))" } ?? "nil"), "
            + "minimumImprovement: \(minimumImprovement)\(laterSettings))"
    }

    /// The settings that runs did not always have, where they are not what runs had before.
    private var laterSettings: String {
        var text = keepsBest ? ", keepsBest: true" : ""
        if let criterion { text += ", criterion: \(criterion.name) \(criterion.higherIsBetter)" }
        if schedule.hasMinimum { text += ", minimumRateShare: \(minimumRateShare), decaySteps: \(decaySteps)" }
        if labelSmoothing > 0 { text += ", labelSmoothing: \(labelSmoothing)" }
        if raisedRateRatio != 1 { text += ", raisedRateRatio: \(raisedRateRatio)" }
        if noiseAlpha > 0 { text += ", noiseAlpha: \(noiseAlpha)" }
        if !weights.isEmpty { text += ", weights: \(weights.map { "\($0.rows) \($0.weight)" })" }
        if let startsFrom { text += ", startsFrom: \(startsFrom)" }
        return text
    }

    /// What the model does in training steps beside the plain loss.
    var regularisation: Regularisation {
        Regularisation(
            labelSmoothing: Float(labelSmoothing),
            noise: noiseAlpha > 0 ? EmbeddingNoise(alpha: noiseAlpha, seed: seed) : nil)
    }
}
