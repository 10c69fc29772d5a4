/// What a run leaves behind, apart from the adapter.
package struct TrainingResult: Sendable {
    package var losses: [Double] = []
    package var learningRates: [Double] = []
    package var gradientNorms: [Double] = []
    /// (step, mean loss) of every validation.
    package var validation: [(step: Int, loss: Double)] = []
    /// The step whose values the run ended with: the last one, or an earlier one with a lower validation loss.
    package var keptStep = 0
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

    /// The validation with the lowest loss, the first one of equals; nil where none was finite.
    package var best: (step: Int, loss: Double)? {
        validation.filter(\.loss.isFinite).min { $0.loss < $1.loss }
    }

    package var tokensPerSecond: Double { seconds > 0 ? Double(tokens) / seconds : 0 }
}
