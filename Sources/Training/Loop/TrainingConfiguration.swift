/// How a training run goes.
package struct TrainingConfiguration: Sendable, Equatable {
    /// Optimizer steps.
    package var steps: Int
    /// Rows a step.
    package var batchSize = 16
    package var learningRate = 2e-4
    package var schedule = LearningRateSchedule.Kind.linear
    package var warmupSteps = 0
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
            + "minimumImprovement: \(minimumImprovement))"
            + (weights.isEmpty ? "" : " weights: \(weights.map { "\($0.rows) \($0.weight)" })")
    }
}
