import Tensors

/// Looks token ids up in a frozen table `[V, d]`.
package struct TokenEmbedding: InputEmbedding {
    /// The table; the vocabulary head's own weight where the two are tied.
    package let table: FrozenWeight

    package init(table: FrozenWeight) {
        self.table = table
    }

    /// x `[T, d]`: row t is the table's row `tokens[t]`.
    package func forward(_ tokens: [Int32], layout: SequenceLayout, into x: Matrix) {
        for (row, token) in tokens.enumerated() {
            table.row(Int(token), into: x.rows(row..<(row + 1)))
        }
    }
}
