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

    package init(steps: Int) {
        self.steps = steps
    }
}
