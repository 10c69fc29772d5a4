import Tensors

/// Embeddings of an encoder, all frozen but for an adapter of W: x = norm((word[token] + position[p + offset] + type[t])·Wᵀ), `[T, d]`.
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
    package let projection: ProjectionGroup?
    package let norm: any Norm

    package init(
        words: Matrix, positions: Matrix?, positionOffset: Int, types: Matrix?, projection: ProjectionGroup? = nil,
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

    package var slots: [ProjectionSlot] { projection?.slots ?? [] }

    package func forward(_ tokens: [Int32], layout: SequenceLayout, into x: Matrix, pass: Pass) -> EmbeddingSaved? {
        let trains = pass.isTraining && projection?.hasAdapter == true
        return pass.withScratch { scratch in
            let memory = trains ? pass.saved : scratch
            let sum = memory.matrix(x.rows, words.columns)
            look(up: tokens, layout: layout, into: sum, scratch: scratch, pass: pass)
            let statistics = memory.matrix(x.rows, norm.statisticsCount)
            guard let projection else {
                norm.forward(sum, into: x, statistics: statistics)
                return nil
            }
            let wide = memory.matrix(x.rows, x.columns)
            let saved = projection.forward(sum, into: wide, pass: pass)
            norm.forward(wide, into: x, statistics: statistics)
            return trains
                ? EmbeddingSaved(read: sum, projected: saved, unnormalised: (wide, statistics)) : nil
        }
    }

    package func backward(_ dx: Matrix, saved: EmbeddingSaved, pass: Pass) {
        guard let projection, let (wide, statistics) = saved.unnormalised else { return }
        pass.withScratch { scratch in
            let dWide = scratch.matrix(dx.rows, dx.columns)
            Kernels.clear(dWide)
            norm.backward(dx, x: wide, statistics: statistics, into: dWide)
            projection.backward(dWide, x: saved.read, saved: saved.projected, into: nil, pass: pass)
        }
    }

    /// sum `[T, e]` = word[token] + type[t] + position[p + offset]
    private func look(
        up tokens: [Int32], layout: SequenceLayout, into sum: Matrix, scratch: Arena, pass: Pass
    ) {
        Kernels.gatherRows(words, rows: tokens, into: sum)
        pass.addNoise(to: sum, layout: layout)
        guard types != nil || positions != nil else { return }
        let part = scratch.matrix(sum.rows, sum.columns)
        func add(_ table: Matrix, _ rows: [Int32]) {
            Kernels.gatherRows(table, rows: rows, into: part)
            Kernels.add(part, into: sum)
        }
        if let types {
            // A table of one row knows no second part.
            let known = tokenTypeCount == nil ? nil : layout.tokenTypes
            add(types, known ?? [Int32](repeating: 0, count: tokens.count))
        }
        if let positions { add(positions, layout.positions.map { $0 + Int32(positionOffset) }) }
    }
}
