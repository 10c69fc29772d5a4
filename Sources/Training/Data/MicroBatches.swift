import Transformers

/// Cuts a step's rows into packed batches of bounded size: gradients accumulate over them, so the step is the same
/// however it is cut, and memory is bounded by the cut.
package enum MicroBatches {
    /// - Parameter maximumTokens: a batch takes rows until the next would pass this; a longer row stands alone.
    package static func pack(_ examples: [TokenizedExample], maximumTokens: Int) -> [PackedBatch] {
        var batches: [PackedBatch] = []
        var current = PackedBatch()
        var firstRow = 0
        var firstLabel = 0
        for example in examples {
            if current.rowCount > 0, current.rowCount + example.tokens.count > maximumTokens {
                firstRow += current.rowCount
                firstLabel += current.labelRows.count
                batches.append(current)
                current = PackedBatch()
                current.firstRow = firstRow
                current.firstLabel = firstLabel
            }
            current.append(example)
        }
        return batches + [current]
    }
}

extension PackedBatch {
    /// Appends a row, with all that it is trained to predict.
    fileprivate mutating func append(_ example: TokenizedExample) {
        let (tokens, types) = (example.tokens, example.tokenTypes)
        switch example.target {
        case nil: appendLabelled(tokens: tokens, labels: example.labels)
        case .label(let label):
            append(tokens: tokens, types: types, position: example.labelPositions[0], class: label)
        case .value(let value):
            append(tokens: tokens, types: types, position: example.labelPositions[0], value: value)
        }
    }
}
