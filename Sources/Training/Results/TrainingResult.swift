/// What a run leaves behind, apart from the adapter.
package struct TrainingResult: Sendable {
    package var losses: [Double] = []
    package var learningRates: [Double] = []
    package var gradientNorms: [Double] = []
    /// (step, mean loss) of every validation.
    package var validation: [(step: Int, loss: Double)] = []
    /// What the run's criterion was at every validation, NaN where it had no value; empty where the loss is compared.
    package var measures: [Double] = []
    /// What tells a better step from a worse one; nil: the validation loss.
    package var criterion: BestCriterion?
    /// The step whose values the run ended with: the last one, or an earlier one that was better.
    package var keptStep = 0
    /// Of each source that the trainer was told of; nil where there is none, and where an earlier lorad made some of
    /// the steps, which kept no such count.
    package var sources: [SourceLoss]?
    package var tokens = 0
    package var supervisedTokens = 0
    /// What computed the steps, the first ones first.
    package var kernels: [KernelSpan] = []
    /// Seconds spent in steps, validation and checkpoints excluded.
    package var seconds = 0.0

    package init() {}

    /// Makes room for what so many steps add, as far as a run is likely to get.
    mutating func reserve(steps: Int) {
        let steps = min(steps, 1 << 20)
        losses.reserveCapacity(steps)
        learningRates.reserveCapacity(steps)
        gradientNorms.reserveCapacity(steps)
    }

    /// What is compared, at every validation.
    package var compared: [(step: Int, value: Double)] {
        criterion == nil
            ? validation.map { ($0.step, $0.loss) } : zip(validation, measures).map { ($0.step, $1) }
    }

    /// The best validation, the first one of equals; nil where none was finite.
    package var best: (step: Int, value: Double)? {
        let isHigherBetter = criterion?.higherIsBetter == true
        return compared.filter(\.value.isFinite).min { isHigherBetter ? $0.value > $1.value : $0.value < $1.value }
    }

    package var tokensPerSecond: Double { seconds > 0 ? Double(tokens) / seconds : 0 }
}
