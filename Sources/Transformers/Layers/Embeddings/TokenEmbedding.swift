import Tensors

/// Looks token ids up in a frozen table E `[V, e]`, and scales what it finds: x = s·E[token], `[T, d]`. Where the table
/// is narrower than d, a projection W follows: x = s·(E[token]·Wᵀ).
package struct TokenEmbedding: InputEmbedding {
    /// The table; the vocabulary head's own weight where the two are tied.
    package let table: FrozenWeight

    private let scale: Float
    private let projection: ProjectionGroup?

    /// - Parameters:
    ///   - scale: a factor on every row.
    ///   - projection: of one slot, `[d, e]`; nil where e = d.
    package init(table: FrozenWeight, scale: Float = 1, projection: ProjectionGroup? = nil) {
        self.table = table
        self.scale = scale
        self.projection = projection
    }

    package var slots: [ProjectionSlot] { projection?.slots ?? [] }

    package func forward(_ tokens: [Int32], layout: SequenceLayout, into x: Matrix, pass: Pass) -> EmbeddingSaved? {
        guard let projection else {
            gather(tokens, layout: layout, into: x, pass: pass)
            return nil
        }
        let trains = pass.isTraining && projection.hasAdapter
        return pass.withScratch { scratch in
            let narrow = (trains ? pass.saved : scratch).matrix(tokens.count, projection.inputs)
            gather(tokens, layout: layout, into: narrow, pass: pass)
            let saved = projection.forward(narrow, into: x, pass: pass)
            return trains ? EmbeddingSaved(read: narrow, projected: saved) : nil
        }
    }

    package func backward(_ dx: Matrix, saved: EmbeddingSaved, pass: Pass) {
        projection?.backward(dx, x: saved.read, saved: saved.projected, into: nil, pass: pass)
    }

    /// As the embedding module of transformers answers, with NEFTune's noise on it where training has some.
    private func gather(_ tokens: [Int32], layout: SequenceLayout, into rows: Matrix, pass: Pass) {
        for (row, token) in tokens.enumerated() {
            table.row(Int(token), into: rows.rows(row..<(row + 1)))
        }
        if scale != 1 { Kernels.scale(rows, by: scale) }
        pass.addNoise(to: rows, layout: layout)
    }
}
