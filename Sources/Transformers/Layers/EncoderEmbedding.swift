import Tensors

/// Embeddings of an encoder, all frozen: x = norm(word[token] + position[p + offset] + type[t]), `[T, d]`.
///
/// Position p counts within a sequence; RoBERTa's offset is the padding token's id + 1. A model may lack positions (they
/// stand in its attention) or types.
package struct EncoderEmbedding: InputEmbedding {
    /// `[V, d]`
    package let words: Matrix
    /// `[P, d]`
    package let positions: Matrix?
    package let positionOffset: Int
    /// `[types, d]`
    package let types: Matrix?
    package let norm: any Norm

    package init(words: Matrix, positions: Matrix?, positionOffset: Int, types: Matrix?, norm: any Norm) {
        self.words = words
        self.positions = positions
        self.positionOffset = positionOffset
        self.types = types
        self.norm = norm
    }

    package func forward(_ tokens: [Int32], layout: SequenceLayout, into x: Matrix) {
        let sum = Matrix(rows: x.rows, columns: x.columns)
        Kernels.gatherRows(words, rows: tokens, into: sum)
        func add(_ table: Matrix, _ rows: [Int32]) {
            let part = Matrix(rows: x.rows, columns: x.columns)
            Kernels.gatherRows(table, rows: rows, into: part)
            Kernels.add(part, into: sum)
        }
        if let types {
            // A table of one row knows no second part.
            let known = types.rows > 1 ? layout.tokenTypes : nil
            add(types, known ?? [Int32](repeating: 0, count: tokens.count))
        }
        if let positions { add(positions, layout.positions.map { $0 + Int32(positionOffset) }) }
        norm.forward(sum, into: x, statistics: Matrix(rows: x.rows, columns: norm.statisticsCount))
    }
}
