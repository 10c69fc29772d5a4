import Transformers

/// Cuts a step's rows into packed batches of bounded size: gradients accumulate over them, so the step is the same
/// however it is cut, and memory is bounded by the cut.
package enum MicroBatches {
    /// - Parameter maximumTokens: a batch takes rows until the next would pass this; a longer row stands alone.
    package static func pack(_ examples: [TokenizedExample], maximumTokens: Int) -> [PackedBatch] {
        var batches: [PackedBatch] = []
        var current = PackedBatch()
        var firstRow = 0
        for example in examples {
            if current.rowCount > 0, current.rowCount + example.tokens.count > maximumTokens {
                firstRow += current.rowCount
                batches.append(current)
                current = PackedBatch()
                current.firstRow = firstRow
            }
            current.appendLabelled(tokens: example.tokens, labels: example.labels)
        }
        return batches + [current]
    }
}
