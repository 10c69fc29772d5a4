import Manifests
import ModelFiles
import Tensors
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
        // The first step of a warmup has the rate 0: of a single step it would leave nothing.
        configuration.warmupSteps = steps == 1 ? 0 : Int((Double(steps) * section.warmupRatio).rounded(.up))
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

    /// Tokens of the largest forward and backward pass that these rows can lead to.
    static func largestMicroBatch(_ examples: [TokenizedExample], _ plan: TrainingConfiguration) -> Int {
        let longest = examples.map(\.tokens.count).sorted(by: >)
        return max(longest.first ?? 0, min(plan.microBatchTokens, longest.prefix(plan.batchSize).reduce(0, +)))
    }

    /// Bytes that the process will need at its peak: the weights, packed for forward and for backward where products are in
    /// bfloat16, what a micro-batch of `tokens` keeps for backward, a block of logits, and what a running process takes anyhow; or the
    /// weights in float32, which parity is proved in.
    static func predictedPeakBytes(
        _ manifest: JobManifest, _ model: ModelConfiguration, parameters: Int, tokens: Int
    ) -> Int {
        let dtype = manifest.training.dtype == .bfloat16 ? DType.bfloat16 : .float32
        let element = dtype.compute.bytes
        let attention = (2 * model.heads + 2 * model.keyValueHeads) * model.headDim
        // Checkpoints hold what attention reads and writes; the rest of a layer is computed again.
        let attended = element * attention
        let wide = attended + element * 2 * model.intermediateSize
        let residuals = 4 * 2 * model.hiddenSize
        let keepsAll = !manifest.training.activationCheckpointing
        let perLayer = keepsAll ? wide + residuals : attended + residuals / 2
        let inFlight = 2 * wide + 2 * residuals
        let activations = tokens * (perLayer * model.layers + inFlight)
        let logits = 4 * 384 * model.vocabularySize
        let process = 150 << 20
        // Where products are in bfloat16 the layers' weights lie packed for backward too, but for the vocabulary's.
        let layers = parameters - model.vocabularySize * model.hiddenSize
        let turned = dtype.compute == .bfloat16 && keepsAll ? 2 * layers : 0
        return max(dtype.bytes * parameters + turned + activations + logits, 4 * parameters) + process
    }
}
