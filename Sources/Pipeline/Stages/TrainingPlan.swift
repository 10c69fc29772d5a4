import Manifests
import ModelFiles
import Training

/// The manifest's training section in the terms of the training loop.
enum TrainingPlan {
    static func configuration(_ manifest: JobManifest, rows: Int) -> TrainingConfiguration {
        let section = manifest.training
        let batchSize = section.batchSize * section.gradientAccumulation
        let order = BatchOrder(count: rows, batchSize: batchSize, seed: 0)
        let steps = section.maxSteps ?? order.steps(epochs: section.epochs ?? 3)
        var configuration = TrainingConfiguration(steps: steps)
        configuration.batchSize = batchSize
        configuration.learningRate = section.learningRate
        configuration.schedule = Training.LearningRateSchedule.Kind(rawValue: section.schedule.rawValue) ?? .linear
        configuration.warmupSteps = Int((Double(steps) * section.warmupRatio).rounded(.up))
        configuration.weightDecay = Float(section.weightDecay)
        configuration.maximumGradientNorm = section.maxGradNorm
        configuration.seed = UInt64(bitPattern: Int64(section.seed))
        configuration.checkpointEvery = section.checkpointEvery
        configuration.validateEvery = section.validateEvery ?? 0
        configuration.microBatchTokens = section.microBatchTokens ?? configuration.microBatchTokens
        configuration.patience = section.earlyStopping?.patience
        configuration.minimumImprovement = section.earlyStopping?.minDelta ?? 0
        return configuration
    }

    /// Bytes that the process will need at its peak: weights, what a micro-batch keeps for backward, a block of logits,
    /// and what a running process takes anyhow.
    static func predictedPeakBytes(_ model: ModelConfiguration, parameters: Int, microBatchTokens: Int) -> Int {
        let attention = (model.heads + 2 * model.keyValueHeads + model.heads) * model.headDim
        let perLayer = 2 * model.hiddenSize + attention + 2 * model.intermediateSize
        let inFlight = 2 * model.intermediateSize + 3 * model.hiddenSize + attention
        let activations = microBatchTokens * (perLayer * model.layers + inFlight)
        let logits = 128 * model.vocabularySize
        let process = 100 << 20
        return 4 * (parameters + activations + logits) + process
    }
}
