/// What training did: `training` in `report.json`. Losses are means over supervised tokens, in nats.
package struct TrainingReport: Codable, Sendable, Equatable {
    /// Training loss of each step, first step first.
    package var loss: [Double]
    /// Learning rate of each step.
    package var learningRate: [Double]
    /// Global norm of the adapter's gradient at each step, before clipping.
    package var gradientNorm: [Double]
    /// Loss on the validation rows, in order of the step after which it was measured.
    package var validation: [ValidationPoint]
    /// The best of these steps, and the one whose adapter this is; absent without validation data, and in older reports.
    package var best: CheckpointReport?
    /// Optimizer steps taken.
    package var steps: Int
    /// Optimizer steps the manifest asked for; more than `steps` when training stopped early.
    package var plannedSteps: Int?
    /// The step from which an interrupted run went on, when it did.
    package var resumedFromStep: Int?
    /// Rows that went through the model, each as often as it did: steps times the rows of one. Absent in older reports.
    package var rowsSeen: Int?
    /// Passes over the training rows that this comes to.
    package var epochs: Double?
    /// Tokens that went through the model.
    package var tokens: Int
    /// Tokens that carried a label.
    package var supervisedTokens: Int
    /// What computed the steps, the first ones first; more than one where the run went on with other kernels. Absent in
    /// reports of lorad 0.1.0 and before.
    package var kernels: [KernelProvenance]?
    /// `tokens` over the seconds spent in steps.
    package var tokensPerSecond: Double
    /// Wall time of training, validation included, in seconds.
    package var wallSeconds: Double
    /// Largest resident memory of the process, in bytes.
    package var peakMemoryBytes: Int
    /// What the memory plan said before training, in bytes.
    package var predictedPeakMemoryBytes: Int
    /// Parameters of the adapter.
    package var trainableParameters: Int
    /// What the optimizer keeps of them, in bytes; absent in reports of lorad 0.1.0 and before.
    package var optimizerBytes: Int?
    /// Parameters of the frozen base.
    package var baseParameters: Int
    /// What became of the rows of the training data.
    package var rows: RowCounts
    /// The files that rows are of; absent where there is one alone.
    package var sources: [SourceReport]?
    /// Rows of the training data that also stand in the data that judge it.
    package var contamination: ContaminationCounts
    /// One row of the training data, to show what the loss is taken on.
    package var sample: TrainingSample?

    /// A record of training; counts that the caller does not know yet start at zero.
    package init(
        loss: [Double] = [], learningRate: [Double] = [], gradientNorm: [Double] = [],
        validation: [ValidationPoint] = [], best: CheckpointReport? = nil, steps: Int = 0, plannedSteps: Int? = nil,
        resumedFromStep: Int? = nil,
        rowsSeen: Int? = nil, epochs: Double? = nil, tokens: Int = 0, supervisedTokens: Int = 0,
        kernels: [KernelProvenance]? = nil, tokensPerSecond: Double = 0, wallSeconds: Double = 0,
        peakMemoryBytes: Int = 0, predictedPeakMemoryBytes: Int = 0, trainableParameters: Int = 0,
        baseParameters: Int = 0, rows: RowCounts = RowCounts(),
        contamination: ContaminationCounts = ContaminationCounts(), sample: TrainingSample? = nil
    ) {
        self.loss = loss
        self.learningRate = learningRate
        self.gradientNorm = gradientNorm
        self.validation = validation
        self.best = best
        self.steps = steps
        self.plannedSteps = plannedSteps
        self.resumedFromStep = resumedFromStep
        self.rowsSeen = rowsSeen
        self.epochs = epochs
        self.tokens = tokens
        self.supervisedTokens = supervisedTokens
        self.kernels = kernels
        self.tokensPerSecond = tokensPerSecond
        self.wallSeconds = wallSeconds
        self.peakMemoryBytes = peakMemoryBytes
        self.predictedPeakMemoryBytes = predictedPeakMemoryBytes
        self.trainableParameters = trainableParameters
        self.baseParameters = baseParameters
        self.rows = rows
        self.contamination = contamination
        self.sample = sample
    }

    private enum CodingKeys: String, CodingKey {
        case sources
        case loss, validation, best, steps, epochs, tokens, kernels, rows, contamination, sample
        case rowsSeen = "rows_seen"
        case learningRate = "learning_rate"
        case gradientNorm = "gradient_norm"
        case plannedSteps = "planned_steps"
        case resumedFromStep = "resumed_from_step"
        case supervisedTokens = "supervised_tokens"
        case tokensPerSecond = "tokens_per_second"
        case wallSeconds = "wall_seconds"
        case peakMemoryBytes = "peak_memory_bytes"
        case predictedPeakMemoryBytes = "predicted_peak_memory_bytes"
        case trainableParameters = "trainable_parameters"
        case optimizerBytes = "optimizer_memory_bytes"
        case baseParameters = "base_parameters"
    }
}
