import Tensors

/// Looks token ids up in a frozen table `[V, d]`, and scales what it finds.
package struct TokenEmbedding: InputEmbedding {
    /// The table; the vocabulary head's own weight where the two are tied.
    package let table: FrozenWeight

    private let scale: Float

    /// - Parameter scale: a factor on every row.
    package init(table: FrozenWeight, scale: Float = 1) {
        self.table = table
        self.scale = scale
    }

    /// x `[T, d]`: row t is the table's row `tokens[t]`, scaled.
    package func forward(_ tokens: [Int32], layout: SequenceLayout, into x: Matrix) {
        for (row, token) in tokens.enumerated() {
            table.row(Int(token), into: x.rows(row..<(row + 1)))
        }
        if scale != 1 { Kernels.scale(x, by: scale) }
    }
}
