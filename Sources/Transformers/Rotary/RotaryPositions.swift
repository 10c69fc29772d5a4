import ModelFiles
import Tensors

/// How a layer rotates its queries and keys: a table, and which of its rows a sequence reads.
package struct RotaryPositions: Sendable {
    let table: RotaryTable
    /// Sequences of more tokens than this rotate all their positions by the table's second part, which begins at this
    /// row (LongRoPE); nil where every sequence reads the one part.
    let shortLimit: Int?

    /// One table for every sequence.
    package init(table: RotaryTable) {
        self.table = table
        shortLimit = nil
    }

    /// One set of frequencies for sequences of up to `limit` tokens, another for longer ones.
    init(short: [Float], long: [Float], limit: Int, maxPositions: Int, scale: Float) {
        table = RotaryTable([(short, limit), (long, maxPositions)], scale: scale)
        shortLimit = limit
    }

    /// The row of the table that each row of a packed matrix reads.
    func rows(_ layout: SequenceLayout) -> [Int32] {
        guard let shortLimit else { return layout.positions }
        var rows = layout.positions
        for span in layout.spans where span.keyCount > shortLimit {
            for row in span.queryStart..<(span.queryStart + span.queryCount) { rows[row] += Int32(shortLimit) }
        }
        return rows
    }
}
