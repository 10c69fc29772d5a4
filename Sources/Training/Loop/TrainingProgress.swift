/// One finished step.
package struct TrainingProgress: Sendable {
    /// Counted from 1.
    package let step: Int
    package let totalSteps: Int
    /// Mean over the step's supervised tokens, in nats.
    package let loss: Double
    package let learningRate: Double
    /// Before clipping.
    package let gradientNorm: Double
    package let tokens: Int
    package let seconds: Double
    /// Mean over the run's steps so far.
    package let averageSeconds: Double
}

/// One finished batch of a validation, or as much of what is measured beside its loss.
package struct ValidationProgress: Sendable {
    /// Counted from 1.
    package let batch: Int
    package let batches: Int
    /// Since the validation began.
    package let seconds: Double
}
