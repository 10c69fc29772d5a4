import Tensors

/// Embeddings of an encoder, all frozen: x = norm((word[token] + position[p + offset] + type[t])·Wᵀ), `[T, d]`.
///
/// Position p counts within a sequence; RoBERTa's offset is the padding token's id + 1. A model may lack positions (they
/// stand in its attention), types, or the projection W, which tables narrower than d need.
package struct EncoderEmbedding: InputEmbedding {
    /// `[V, e]`
    package let words: Matrix
    /// `[P, e]`
    package let positions: Matrix?
    package let positionOffset: Int
    /// `[types, e]`
    package let types: Matrix?
    /// W, `[d, e]`; nil where e = d.
    package let projection: FrozenWeight?
    package let norm: any Norm

    package init(
        words: Matrix, positions: Matrix?, positionOffset: Int, types: Matrix?, projection: FrozenWeight? = nil,
        norm: any Norm
    ) {
        self.words = words
        self.positions = positions
        self.positionOffset = positionOffset
        self.types = types
        self.projection = projection
        self.norm = norm
    }

    package var tokenTypeCount: Int? { types.flatMap { $0.rows > 1 ? $0.rows : nil } }

    package func forward(_ tokens: [Int32], layout: SequenceLayout, into x: Matrix) {
        var sum = Matrix(rows: x.rows, columns: words.columns)
        Kernels.gatherRows(words, rows: tokens, into: sum)
        func add(_ table: Matrix, _ rows: [Int32]) {
            let part = Matrix(rows: x.rows, columns: words.columns)
            Kernels.gatherRows(table, rows: rows, into: part)
            Kernels.add(part, into: sum)
        }
        if let types {
            // A table of one row knows no second part.
            let known = tokenTypeCount == nil ? nil : layout.tokenTypes
            add(types, known ?? [Int32](repeating: 0, count: tokens.count))
        }
        if let positions { add(positions, layout.positions.map { $0 + Int32(positionOffset) }) }
        if let projection {
            let narrow = Matrix(rows: x.rows, columns: words.columns, dtype: projection.dtype)
            narrow.copy(from: sum)
            sum = Matrix(rows: x.rows, columns: x.columns)
            projection.forward(narrow, into: sum)
        }
        norm.forward(sum, into: x, statistics: Matrix(rows: x.rows, columns: norm.statisticsCount))
    }
}
