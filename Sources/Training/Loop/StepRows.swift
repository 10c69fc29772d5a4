/// Which rows each step takes: all of them, epoch after epoch, or of several sources each as often as its weight says.
package struct StepRows: Sendable {
    private var shuffled: BatchOrder
    private var drawn: WeightedOrder?

    /// - Parameter count: rows of the training data.
    package init(count: Int, _ configuration: TrainingConfiguration) {
        let (batchSize, seed) = (configuration.batchSize, configuration.seed)
        shuffled = BatchOrder(count: count, batchSize: batchSize, seed: seed)
        guard !configuration.weights.isEmpty else { return }
        drawn = WeightedOrder(configuration.weights, batchSize: batchSize, seed: seed)
    }

    /// The rows of step `step`, counted from 0, in the memory of `rows`; what an epoch's shuffle costs is paid once where
    /// steps are asked for in their order.
    package mutating func take(step: Int, into rows: inout [Int]) {
        if drawn?.take(step: step, into: &rows) == nil { shuffled.take(step: step, into: &rows) }
    }
}
