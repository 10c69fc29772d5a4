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
        schedule(section, into: &configuration)
        configuration.weightDecay = Float(section.weightDecay)
        configuration.maximumGradientNorm = section.maxGradNorm
        configuration.seed = UInt64(bitPattern: Int64(section.seed))
        configuration.checkpointEvery = section.checkpointEvery
        configuration.validateEvery = section.validateEvery ?? 0
        configuration.microBatchTokens = section.microBatchTokens ?? configuration.microBatchTokens
        configuration.patience = section.earlyStopping?.patience
        configuration.minimumImprovement = section.earlyStopping?.minDelta ?? 0
        configuration.keepsBest = manifest.keepsBest
        configuration.labelSmoothing = section.labelSmoothing ?? 0
        configuration.raisedRateRatio = section.loraPlusRatio ?? 1
        configuration.noiseAlpha = section.neftuneAlpha ?? 0
        return configuration
    }

    private static func schedule(_ section: TrainingSection, into configuration: inout TrainingConfiguration) {
        let steps = configuration.steps
        configuration.schedule = kind(section.schedule)
        // The first step of a warmup has the rate 0: of a single step it would leave nothing.
        let share = steps == 1 ? 0 : section.warmupRatio ?? 0
        configuration.warmupSteps = section.warmupSteps ?? Int((Double(steps) * share).rounded(.up))
        configuration.minimumRateShare = section.minLR.map { $0 / section.learningRate } ?? section.minLRRate ?? 0
        guard section.schedule == .warmupStableDecay else { return }
        let tenth = Int((Double(steps) * decayShare).rounded(.up))
        configuration.decaySteps = section.decaySteps ?? max(0, min(tenth, steps - configuration.warmupSteps))
    }

    /// The share of the steps in which `warmup_stable_decay` falls where the manifest does not say
    /// (Hu et al. 2024, arXiv 2404.06395).
    private static let decayShare = 0.1

    private static func kind(_ schedule: LearningRateScheduleType) -> LearningRateSchedule.Kind {
        switch schedule {
        case .linear: .linear
        case .cosine: .cosine
        case .constant: .constant
        case .cosineWithMinLR: .cosineWithMinimum
        case .warmupStableDecay: .warmupStableDecay
        }
    }

    /// Tokens of the largest forward and backward pass that these rows can lead to.
    package static func largestMicroBatch(_ examples: any ExampleSource, _ plan: TrainingConfiguration) -> Int {
        let most = most((0..<examples.count).map { examples.tokenCount(at: $0) }, plan)
        return max(most.largest, min(plan.microBatchTokens, most.sum))
    }

    /// Labels of the largest pass, of `tokens`, at most: those of the rows with the most, as many as fit it.
    package static func mostLabels(
        _ examples: any ExampleSource, _ plan: TrainingConfiguration, atMost tokens: Int
    ) -> Int {
        min(most((0..<examples.count).map { examples.labelCount(at: $0) }, plan).sum, tokens)
    }

    /// The largest of the rows' counts, and the most that those of a step can come to.
    private static func most(_ counts: [Int], _ plan: TrainingConfiguration) -> (largest: Int, sum: Int) {
        guard plan.weights.isEmpty else {
            // A step may draw any row of a small source again and again.
            let largest = counts.max() ?? 0
            let (sum, overflows) = largest.multipliedReportingOverflow(by: plan.batchSize)
            return (largest, overflows ? .max : sum)
        }
        let longest = counts.sorted(by: >)
        return (longest.first ?? 0, longest.prefix(plan.batchSize).reduce(0, +))
    }
}
