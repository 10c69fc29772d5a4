/// How to train.
package struct TrainingSection: Section {
    /// Optimizer steps; nil where `epochs` says how long.
    package var maxSteps: Int?
    /// Passes over the training rows; exactly one of this and `maxSteps` is set in a manifest that was read.
    package var epochs: Double?
    /// Rows per forward and backward pass.
    package var batchSize = 16
    /// Batches whose gradients make up one optimizer step.
    package var gradientAccumulation = 1
    /// Tokens computed at once; a batch above it is split, with the same result. nil: lorad chooses.
    package var microBatchTokens: Int?
    /// Tokens a row may have.
    package var maxLength = 512
    /// What happens to a row with more tokens.
    package var overLength = OverLength.truncate
    /// The highest learning rate of the schedule.
    package var learningRate = 2e-4
    /// The same where a manifest of full fine-tuning says nothing: LoRA's best rate is about ten times as high
    /// (Schulman et al. 2025, "LoRA Without Regret").
    static let standardFullLearningRate = 2e-5
    /// The learning rate after warmup.
    package var schedule = LearningRateScheduleType.linear
    /// The lowest learning rate of a schedule that has one; nil where `minLRRate` says it.
    package var minLR: Double?
    /// The same as a share of `learningRate`.
    package var minLRRate: Double?
    /// The last steps, in which the schedule `warmup_stable_decay` falls; nil: a tenth of them.
    package var decaySteps: Int?
    /// Steps in which the learning rate rises; nil where `warmupRatio` says how many.
    package var warmupSteps: Int?
    /// The same as a share of the steps; exactly one of this and `warmupSteps` is set in a manifest that was read.
    package var warmupRatio: Double?
    /// The share where a manifest says nothing.
    static let standardWarmupRatio = 0.06
    /// AdamW's decoupled weight decay.
    package var weightDecay = 0.0
    /// The share of a target's probability that is spread over all others; nil for none.
    package var labelSmoothing: Double?
    /// LoRA+'s ratio of B's learning rate to A's; nil for 1.
    package var loraPlusRatio: Double?
    /// NEFTune's alpha; nil: no noise on embeddings.
    package var neftuneAlpha: Double?
    /// Gradients are scaled down to this global norm; 0 leaves them as they are.
    package var maxGradNorm = 1.0
    /// Decides initial weights, order of the rows and dropout.
    package var seed = 42
    /// Whether the end-of-text token is trained after each completion.
    package var appendEOS = true
    /// Steps between checkpoints.
    package var checkpointEvery = 50
    /// Steps between measurements of the validation loss; nil where there is no validation data.
    package var validateEvery: Int?
    /// When to end before `maxSteps`; nil: never.
    package var earlyStopping: EarlyStopping?
    /// Which checkpoint is published; nil: the last step's.
    package var best: BestCheckpoint?
    /// The dtype of the base's matmuls.
    package var dtype = ComputeDType.auto
    /// Whether activations are computed again in the backward pass instead of being kept.
    package var activationCheckpointing = false

    /// Rows of one optimizer step: their order is held in memory, and beyond any batch that anybody trains with the number
    /// is a slip.
    static let mostRowsOfAStep = 1 << 20

    static let fields: [Field<TrainingSection>] = lengthFields + batchFields + optimizerFields + runFields
}

/// Ends training when the validation loss stops falling.
package struct EarlyStopping: Section {
    /// Validations in a row without improvement before training ends.
    package var patience = 3
    /// How far the loss must fall to count as an improvement.
    package var minDelta = 0.0

    static let fields: [Field<EarlyStopping>] = [
        .standard(
            "patience", \.patience, .integer(1...1_000_000, example: 3), standard: "3",
            "Validations in a row without improvement before training ends."),
        .standard(
            "min_delta", \.minDelta, .number(NumberBounds(atLeast: 0), example: "0.001"), standard: "0",
            "How far the validation loss must fall to count as an improvement."),
    ]
}

/// What happens to a row with more than `max_length` tokens.
package enum OverLength: String, Sendable, CaseIterable, Codable {
    case truncate, drop
}

/// The learning rate over the steps.
package enum LearningRateScheduleType: String, Sendable, CaseIterable, Codable {
    case linear, cosine, constant
    case cosineWithMinLR = "cosine_with_min_lr"
    case warmupStableDecay = "warmup_stable_decay"

    /// Whether it ends at a rate that the manifest chooses.
    var hasMinimum: Bool { self == .cosineWithMinLR || self == .warmupStableDecay }
}

/// The dtypes a base can be computed in; `auto` is the faster one of the machine that runs the job.
package enum ComputeDType: String, Sendable, CaseIterable, Codable {
    case auto, float32, bfloat16
}
