import Adapters
import BenchmarkSupport
import Training
import Transformers

/// The steps that are measured: lorad's own `Trainer` where there is an adapter; without one the same packing and the
/// same calls of the model, as a trainer without parameters would make them.
struct TrainingLoop {
    let model: LanguageModel
    let adapter: Adapter?
    let workload: Workload
    let configuration: TrainingConfiguration

    /// Runs all steps and returns each one's mean loss; `stepEnded` hears each one's seconds, and what it throws ends the
    /// run.
    func run(stepEnded: (Double) throws -> Void) throws -> [Double] {
        guard let adapter else { return try runWithoutAdapter(stepEnded) }
        var configuration = configuration
        configuration.batchSize = workload.batchSize
        let trainer = Trainer(
            model: model, trainable: adapter, configuration: configuration, examples: workload.examples, validation: [])
        var failure: (any Error)?
        let result = Result {
            try trainer.run(
                shouldStop: { failure != nil },
                progress: { progress in
                    do { try stepEnded(progress.seconds) } catch { failure = error }
                })
        }
        // The trainer itself only knows that it was stopped.
        if let failure { throw failure }
        return try result.get().losses
    }

    private func runWithoutAdapter(_ stepEnded: (Double) throws -> Void) throws -> [Double] {
        var losses: [Double] = []
        for step in 0..<configuration.steps {
            let watch = Stopwatch()
            let rows = workload.rows(step: step)
            let labels = rows.reduce(0) { $0 + $1.labelPositions.count }
            var total = 0.0
            for batch in MicroBatches.pack(rows, maximumTokens: configuration.microBatchTokens) {
                total += try model.trainingStep(batch, lossScale: 1 / Float(labels), step: UInt64(step))
            }
            losses.append(total / Double(labels))
            try stepEnded(watch.seconds)
        }
        return losses
    }
}
