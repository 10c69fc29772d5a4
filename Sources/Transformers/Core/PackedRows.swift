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
        var planner = PackedRowsPlanner()
        self = planner.rows(of: batch, sharingPrefixes: false)
    }

    /// Common beginnings once. Each sequence has its labelled rows to itself.
    package init(sharingPrefixesOf batch: PackedBatch) {
        var planner = PackedRowsPlanner()
        self = planner.rows(of: batch, sharingPrefixes: true)
    }

    fileprivate init(tokens: [Int32], layout: SequenceLayout, labelRows: [Int32]) {
        self.tokens = tokens
        self.layout = layout
        self.labelRows = labelRows
    }
}

/// Makes `PackedRows`, one batch after another, in the same memory as long as nobody holds on to those before.
struct PackedRowsPlanner {
    private var tokens: [Int32] = []
    private var positions: [Int32] = []
    private var spans: [AttentionSpan] = []
    private var keyRows: [Int32] = []
    private var labelRows: [Int32] = []
    /// Where each of the batch's tokens is computed.
    private var computedRows: [Int32] = []
    /// The batch's sequences, sorted by their tokens.
    private var order: [Int] = []
    /// Position of each sequence's first label; the sequence's length where it has none.
    private var firstLabels: [Int] = []
    /// Of the rows behind a prefix.
    private var shiftedPositions: [Int32] = []
    private var longerSpans: [AttentionSpan] = []
    private var prefixedKeyRows: [Int32] = []

    /// The rows of a batch, common beginnings once where `sharingPrefixes`, each sequence behind as many rows of an
    /// adapter's own.
    mutating func rows(of batch: PackedBatch, sharingPrefixes: Bool, prefixRows: Int) -> PackedRows {
        let rows = rows(of: batch, sharingPrefixes: sharingPrefixes)
        return prefixRows == 0 ? rows : behind(prefixRows, rows, of: batch)
    }

    /// The same rows at later positions: what each sequence reads begins with the keys and values of the prefix.
    private mutating func behind(_ prefixRows: Int, _ rows: PackedRows, of batch: PackedBatch) -> PackedRows {
        let layout = rows.layout
        let (most, sequences) = (batch.tokens.capacity, batch.offsets.capacity)
        Self.clear(&shiftedPositions, reserving: most)
        Self.clear(&longerSpans, reserving: sequences)
        Self.clear(&prefixedKeyRows, reserving: most + prefixRows * sequences)
        for position in layout.positions { shiftedPositions.append(position + Int32(prefixRows)) }
        for span in layout.spans {
            longerSpans.append(
                AttentionSpan(
                    queryStart: span.queryStart, queryCount: span.queryCount, keyStart: prefixedKeyRows.count,
                    keyCount: prefixRows + span.keyCount))
            for row in 0..<prefixRows { prefixedKeyRows.append(Int32(row)) }
            for key in span.keyStart..<(span.keyStart + span.keyCount) {
                prefixedKeyRows.append(Int32(prefixRows) + (layout.keyRows?[key] ?? Int32(key)))
            }
        }
        return PackedRows(
            tokens: rows.tokens,
            layout: SequenceLayout(
                positions: shiftedPositions, spans: longerSpans, keyRows: prefixedKeyRows, prefixRows: prefixRows),
            labelRows: rows.labelRows)
    }

    /// The rows of a batch, common beginnings once where `sharingPrefixes`.
    mutating func rows(of batch: PackedBatch, sharingPrefixes: Bool) -> PackedRows {
        clear(reservingFor: batch)
        if sharingPrefixes {
            share(batch)
            // Otherwise nothing is common.
            if tokens.count < batch.rowCount {
                for row in batch.labelRows { labelRows.append(computedRows[Int(row)]) }
                return PackedRows(
                    tokens: tokens, layout: SequenceLayout(positions: positions, spans: spans, keyRows: keyRows),
                    labelRows: labelRows)
            }
            clear(reservingFor: batch)
        }
        for sequence in 0..<batch.sequenceCount {
            let (start, count) = (batch.offsets[sequence], batch.sequence(sequence).count)
            spans.append(AttentionSpan(queryStart: start, queryCount: count, keyStart: start, keyCount: count))
            for position in 0..<count { positions.append(Int32(position)) }
        }
        return PackedRows(
            tokens: batch.tokens,
            layout: SequenceLayout(positions: positions, spans: spans, tokenTypes: batch.tokenTypes),
            labelRows: batch.labelRows)
    }

    /// Forgets the batch before; there is room for as much as `batch` itself has room for.
    private mutating func clear(reservingFor batch: PackedBatch) {
        let (rows, sequences) = (batch.tokens.capacity, batch.offsets.capacity)
        Self.clear(&tokens, reserving: rows)
        Self.clear(&positions, reserving: rows)
        Self.clear(&keyRows, reserving: rows)
        Self.clear(&computedRows, reserving: rows)
        Self.clear(&labelRows, reserving: batch.labelRows.capacity)
        Self.clear(&spans, reserving: sequences)
        Self.clear(&order, reserving: sequences)
        Self.clear(&firstLabels, reserving: sequences)
    }

    private static func clear<Element>(_ list: inout [Element], reserving room: Int) {
        list.removeAll(keepingCapacity: true)
        list.reserveCapacity(room)
    }

    /// Sorted by tokens, a sequence has its longest common beginning with the one before it.
    private mutating func share(_ batch: PackedBatch) {
        precondition(batch.tokenTypes == nil, "rows of several types are not shared")
        sort(batch)
        findFirstLabels(batch)
        for _ in 0..<batch.rowCount { computedRows.append(0) }
        var previous: ArraySlice<Int32> = []
        for index in order {
            let sequence = batch.sequence(index)
            let own = min(firstLabels[index], max(0, sequence.count - 1))
            var shared = 0
            while shared < min(own, previous.count),
                sequence[sequence.startIndex + shared] == previous[previous.startIndex + shared]
            {
                computedRows[sequence.startIndex + shared] = computedRows[previous.startIndex + shared]
                shared += 1
            }
            spans.append(
                AttentionSpan(
                    queryStart: tokens.count, queryCount: sequence.count - shared, keyStart: keyRows.count,
                    keyCount: sequence.count))
            for position in shared..<sequence.count {
                computedRows[sequence.startIndex + position] = Int32(tokens.count)
                tokens.append(sequence[sequence.startIndex + position])
                positions.append(Int32(position))
            }
            for position in sequence.indices { keyRows.append(computedRows[position]) }
            previous = sequence
        }
    }

    /// By insertion: the library's sort takes memory of its own. Equal sequences stay in the batch's order.
    private mutating func sort(_ batch: PackedBatch) {
        for index in 0..<batch.sequenceCount {
            var (low, high) = (0, order.count)
            while low < high {
                let middle = (low + high) / 2
                if batch.sequence(index).lexicographicallyPrecedes(batch.sequence(order[middle])) {
                    high = middle
                } else {
                    low = middle + 1
                }
            }
            order.insert(index, at: low)
        }
    }

    private mutating func findFirstLabels(_ batch: PackedBatch) {
        for sequence in 0..<batch.sequenceCount { firstLabels.append(batch.sequence(sequence).count) }
        var sequence = 0
        for row in batch.labelRows {
            while Int(row) >= batch.offsets[sequence + 1] { sequence += 1 }
            firstLabels[sequence] = min(firstLabels[sequence], Int(row) - batch.offsets[sequence])
        }
    }
}
