import Tensors

/// The rows that a model computes for a batch.
///
/// Where a row depends on what stands before it alone, sequences that begin alike have the same rows up to the first
/// token in which they differ: a chat's system prompt, the frame around every review, the prompt of several candidates.
/// Those rows are computed once, as a tree of prefixes; every sequence attends to its own path through the tree. A row
/// gets the same bits as in a batch that shares nothing; gradients of a shared row are summed over its sequences.
package struct PackedRows: Equatable {
    /// Token ids of the rows, R of them.
    package let tokens: [Int32]
    package let layout: SequenceLayout
    /// For each label of the batch, in its order, the row that carries it.
    package let labelRows: [Int32]

    /// Every sequence by itself: the rows are the batch's tokens.
    package init(_ batch: PackedBatch) {
        tokens = batch.tokens
        layout = SequenceLayout(positions: batch.positions, spans: batch.spans, tokenTypes: batch.tokenTypes)
        labelRows = batch.labelRows
    }

    /// Common beginnings once. Each sequence has its labelled rows to itself.
    ///
    /// Sorted by tokens, a sequence has its longest common beginning with the one before it.
    package init(sharingPrefixesOf batch: PackedBatch) {
        precondition(batch.tokenTypes == nil, "rows of several types are not shared")
        let sequences = (0..<batch.sequenceCount).map { batch.tokens[batch.offsets[$0]..<batch.offsets[$0 + 1]] }
        let firstLabels = batch.firstLabels
        var (tokens, positions, spans, keyRows) = ([Int32](), [Int32](), [AttentionSpan](), [Int32]())
        // Where each of the batch's tokens is computed.
        var rows = [Int32](repeating: 0, count: batch.tokens.count)
        var previous: ArraySlice<Int32> = []
        for index in sequences.indices.sorted(by: { sequences[$0].lexicographicallyPrecedes(sequences[$1]) }) {
            let sequence = sequences[index]
            let own = min(firstLabels[index], max(0, sequence.count - 1))
            let shared = zip(sequence, previous).prefix(own).prefix { $0 == $1 }.count
            for position in 0..<shared {
                rows[sequence.startIndex + position] = rows[previous.startIndex + position]
            }
            for position in shared..<sequence.count {
                rows[sequence.startIndex + position] = Int32(tokens.count + position - shared)
            }
            spans.append(
                AttentionSpan(
                    queryStart: tokens.count, queryCount: sequence.count - shared, keyStart: keyRows.count,
                    keyCount: sequence.count))
            tokens += sequence.dropFirst(shared)
            positions += Int32(shared)..<Int32(sequence.count)
            keyRows += rows[sequence.indices]
            previous = sequence
        }
        let isShared = tokens.count < batch.tokens.count
        self =
            isShared
            ? PackedRows(
                tokens: tokens, layout: SequenceLayout(positions: positions, spans: spans, keyRows: keyRows),
                labelRows: batch.labelRows.map { rows[Int($0)] })
            : PackedRows(batch)
    }

    private init(tokens: [Int32], layout: SequenceLayout, labelRows: [Int32]) {
        self.tokens = tokens
        self.layout = layout
        self.labelRows = labelRows
    }
}

extension PackedBatch {
    /// Position of each sequence's first label; the sequence's length where it has none.
    fileprivate var firstLabels: [Int] {
        var firsts = (0..<sequenceCount).map { offsets[$0 + 1] - offsets[$0] }
        var sequence = 0
        for row in labelRows.map(Int.init) {
            while row >= offsets[sequence + 1] { sequence += 1 }
            firsts[sequence] = min(firsts[sequence], row - offsets[sequence])
        }
        return firsts
    }
}
