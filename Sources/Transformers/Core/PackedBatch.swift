import Tensors

/// Sequences laid end to end in one `[T, d]` matrix: positions restart per sequence, attention stays inside one, no
/// padding is ever computed.
package struct PackedBatch: Sendable, Equatable {
    /// Token ids of all sequences, `T` of them.
    package private(set) var tokens: [Int32] = []
    /// Where each sequence starts, and `T` at the end: sequences + 1 entries.
    package private(set) var offsets: [Int] = [0]
    /// Which part of a pair each token belongs to; nil where all belong to the first.
    package private(set) var tokenTypes: [Int32]?
    /// Packed rows that carry a label, ascending. In a language model row `i` predicts the token after it.
    package private(set) var labelRows: [Int32] = []
    /// What each row of `labelRows` must predict: a token, or a class.
    package private(set) var labelTargets: [Int32] = []
    /// What each row must predict where that is a number.
    package private(set) var labelValues: [Float] = []
    /// This batch's first row within its training step, so that dropout does not depend on how a step is cut into
    /// micro-batches.
    package var firstRow = 0
    /// Labels of the step before this batch's, for the same reason.
    package var firstLabel = 0

    package init() {}

    /// Removes all sequences, and keeps their memory for others.
    package mutating func removeAll() {
        tokens.removeAll(keepingCapacity: true)
        offsets.removeSubrange(1...)
        tokenTypes = nil
        labelRows.removeAll(keepingCapacity: true)
        labelTargets.removeAll(keepingCapacity: true)
        labelValues.removeAll(keepingCapacity: true)
        (firstRow, firstLabel) = (0, 0)
    }

    /// Makes room for sequences of so many rows, any of which may carry a label.
    package mutating func reserve(rows: Int, sequences: Int) {
        tokens.reserveCapacity(rows)
        offsets.reserveCapacity(sequences + 1)
        labelRows.reserveCapacity(rows)
        labelTargets.reserveCapacity(rows)
        labelValues.reserveCapacity(sequences)
    }

    /// Appends one sequence. `labels` name positions within it and the token that each must predict, ascending.
    package mutating func append(tokens sequence: [Int], labels: [(position: Int, target: Int)]) {
        let start = tokens.count
        append(sequence, count: sequence.count)
        for label in labels {
            labelRows.append(Int32(start + label.position))
            labelTargets.append(Int32(label.target))
        }
    }

    /// Appends one sequence as far as the last of `positions`, ascending, each of which must predict the token after it.
    package mutating func append(tokens sequence: [Int], predictingAfter positions: [Int]) {
        let start = tokens.count
        append(sequence, count: positions.last.map { $0 + 1 } ?? sequence.count)
        for position in positions {
            labelRows.append(Int32(start + position))
            labelTargets.append(Int32(sequence[position + 1]))
        }
    }

    /// Becomes another batch with `ids` before each of its sequences, in the memory that it has; labels move along.
    mutating func assign(_ batch: PackedBatch, behind ids: Range<Int32>) {
        precondition(batch.tokenTypes == nil, "rows of several types have nothing before them")
        removeAll()
        reserve(rows: batch.tokens.capacity + ids.count * batch.sequenceCount, sequences: batch.sequenceCount)
        var label = 0
        for sequence in 0..<batch.sequenceCount {
            tokens.append(contentsOf: ids)
            tokens.append(contentsOf: batch.sequence(sequence))
            offsets.append(tokens.count)
            while label < batch.labelRows.count, Int(batch.labelRows[label]) < batch.offsets[sequence + 1] {
                labelRows.append(batch.labelRows[label] + Int32((sequence + 1) * ids.count))
                label += 1
            }
        }
        labelTargets.append(contentsOf: batch.labelTargets)
        labelValues.append(contentsOf: batch.labelValues)
        (firstRow, firstLabel) = (batch.firstRow, batch.firstLabel)
    }

    private mutating func append(_ sequence: [Int], count: Int) {
        for index in 0..<count { tokens.append(Int32(sequence[index])) }
        offsets.append(tokens.count)
    }

    /// Appends one sequence of which the row at `position` must predict a class.
    ///
    /// - Parameter types: which part of a pair each token belongs to; empty where all belong to the first.
    package mutating func append(tokens sequence: [Int], types: [Int], position: Int, class label: Int) {
        labelRows.append(Int32(tokens.count + position))
        labelTargets.append(Int32(label))
        appendTypes(types, count: sequence.count)
        append(sequence, count: sequence.count)
    }

    /// Appends one sequence of which the row at `position` must predict a value.
    package mutating func append(tokens sequence: [Int], types: [Int], position: Int, value: Float) {
        labelRows.append(Int32(tokens.count + position))
        labelValues.append(value)
        appendTypes(types, count: sequence.count)
        append(sequence, count: sequence.count)
    }

    private mutating func appendTypes(_ types: [Int], count: Int) {
        guard !types.isEmpty || tokenTypes != nil else { return }
        let before = tokenTypes ?? [Int32](repeating: 0, count: tokens.count)
        tokenTypes = before + (types.isEmpty ? [Int](repeating: 0, count: count) : types).map(Int32.init)
    }

    /// Appends one sequence as far as its last label: what comes after can change no prediction before it.
    package mutating func appendLabelled(tokens sequence: [Int], labels: [(position: Int, target: Int)]) {
        guard let last = labels.last else { return append(tokens: sequence, labels: []) }
        append(tokens: Array(sequence.prefix(last.position + 1)), labels: labels)
    }

    /// What the labelled rows must be predicted to be.
    package var labels: BatchLabels { BatchLabels(classes: labelTargets, values: labelValues, first: firstLabel) }

    /// Rows in the packed matrix, `T`.
    package var rowCount: Int { tokens.count }
    package var sequenceCount: Int { offsets.count - 1 }
    /// Tokens of the longest sequence; 0 without one.
    package var longestSequence: Int { (0..<sequenceCount).reduce(0) { max($0, sequence($1).count) } }

    /// The tokens of one sequence.
    func sequence(_ index: Int) -> ArraySlice<Int32> { tokens[offsets[index]..<offsets[index + 1]] }
}
