import Manifests
import Training

/// The manifest's training section in the terms of the training loop.
package enum TrainingPlan {
    static func configuration(_ manifest: JobManifest, rows: Int) -> TrainingConfiguration {
        let section = manifest.training
        let batchSize = section.batchSize * section.gradientAccumulation
        let order = BatchOrder(count: rows, batchSize: batchSize, seed: 0)
        let steps = section.maxSteps ?? order.steps(epochs: section.epochs ?? 3)
        var configuration = TrainingConfiguration(steps: steps)
        configuration.batchSize = batchSize
        configuration.learningRate = section.learningRate
        configuration.schedule = kind(section.schedule)
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

    private static func kind(_ schedule: LearningRateScheduleType) -> LearningRateSchedule.Kind {
        switch schedule {
        case .linear: .linear
        case .cosine: .cosine
        case .constant: .constant
        }
    }

    /// Tokens of the largest forward and backward pass that these rows can lead to.
    package static func largestMicroBatch(_ examples: [TokenizedExample], _ plan: TrainingConfiguration) -> Int {
        let longest = examples.map(\.tokens.count).sorted(by: >)
        return max(longest.first ?? 0, min(plan.microBatchTokens, longest.prefix(plan.batchSize).reduce(0, +)))
    }

    /// Labels of the largest pass, of `tokens`, at most: those of the rows with the most, as many as fit it.
    package static func mostLabels(
        _ examples: [TokenizedExample], _ plan: TrainingConfiguration, atMost tokens: Int
    ) -> Int {
        let labels = examples.map(\.labelPositions.count).sorted(by: >).prefix(plan.batchSize).reduce(0, +)
        return min(labels, tokens)
    }
}
