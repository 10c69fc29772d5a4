import Transformers

/// Cuts a step's rows into packed batches of bounded size: gradients accumulate over them, so the step is the same
/// however it is cut, and memory is bounded by the cut.
///
/// All batches take turns in the same memory.
package struct MicroBatches {
    private let maximumTokens: Int
    private var batch = PackedBatch()

    /// - Parameter maximumTokens: a batch takes rows until the next would pass this; a longer row stands alone.
    package init(maximumTokens: Int) {
        self.maximumTokens = maximumTokens
    }

    /// All batches of some examples.
    package static func pack(_ examples: [TokenizedExample], maximumTokens: Int) -> [PackedBatch] {
        var batches: [PackedBatch] = []
        var packing = MicroBatches(maximumTokens: maximumTokens)
        packing.forEach(of: examples) { batches.append($0) }
        return batches
    }

    /// Makes room for every batch that steps of `batchSize` of these examples can have.
    mutating func reserve(for examples: any ExampleSource, batchSize: Int) {
        let longest = (0..<examples.count).reduce(0) { max($0, examples.tokenCount(at: $1)) }
        // Neither bound may be taken at its word: no batch has more than its rows, which have at least a token each.
        let (most, overflows) = longest.multipliedReportingOverflow(by: batchSize)
        let rows = max(longest, overflows ? maximumTokens : min(maximumTokens, most))
        batch.reserve(rows: rows, sequences: min(batchSize, rows))
    }

    /// Hands `body` the batches of the examples, one after the other. The last may be empty.
    mutating func forEach(of examples: [TokenizedExample], _ body: (PackedBatch) throws -> Void) rethrows {
        batch.removeAll()
        for example in examples {
            if batch.rowCount > 0, batch.rowCount + example.tokens.count > maximumTokens {
                try body(batch)
                let firstRow = batch.firstRow + batch.rowCount
                let firstLabel = batch.firstLabel + batch.labelRows.count
                batch.removeAll()
                (batch.firstRow, batch.firstLabel) = (firstRow, firstLabel)
            }
            batch.append(example)
        }
        try body(batch)
    }
}

extension PackedBatch {
    /// Appends a row, with all that it is trained to predict.
    fileprivate mutating func append(_ example: TokenizedExample) {
        let (tokens, types) = (example.tokens, example.tokenTypes)
        switch example.target {
        case nil: append(tokens: tokens, predictingAfter: example.labelPositions)
        case .label(let label):
            append(tokens: tokens, types: types, position: example.labelPositions[0], class: label)
        case .value(let value):
            append(tokens: tokens, types: types, position: example.labelPositions[0], value: value)
        }
    }
}
