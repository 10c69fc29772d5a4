import Tensors

/// Embeddings of an encoder: x = norm((word[token] + position[p + offset] + type[t])·Wᵀ), `[T, d]`.
///
/// Position p counts within a sequence; RoBERTa's offset is the padding token's id + 1. A model may lack positions (they
/// stand in its attention), types, or the projection W, which tables narrower than d need.
package struct EncoderEmbedding: InputEmbedding {
    /// `[V, e]`
    package let words: ParameterSlot
    /// `[P, e]`
    package let positions: ParameterSlot?
    package let positionOffset: Int
    /// `[types, e]`
    package let types: ParameterSlot?
    /// W, `[d, e]`; nil where e = d.
    package let projection: ProjectionGroup?
    package let norm: any Norm
    package let tableSlot: EmbeddingSlot
    /// A token whose lookups do not train its row.
    private let padding: Int32?

    /// - Parameter padding: see `ParameterSlot.accumulate`.
    package init(
        words: ParameterSlot, positions: ParameterSlot?, positionOffset: Int, types: ParameterSlot?,
        projection: ProjectionGroup? = nil, norm: any Norm, padding: Int32? = nil
    ) {
        self.padding = padding
        self.words = words
        self.positions = positions
        self.positionOffset = positionOffset
        self.types = types
        self.projection = projection
        self.norm = norm
        tableSlot = EmbeddingSlot(
            name: words.module, weightName: words.storedName, vocabulary: words.value.rows, width: words.value.columns,
            dtype: words.value.dtype
        ) { token, row in row.copy(from: words.value.rows(token..<(token + 1))) }
    }

    package var tokenTypeCount: Int? { types.flatMap { $0.value.rows > 1 ? $0.value.rows : nil } }

    package var slots: [ProjectionSlot] { projection?.slots ?? [] }
    package var parameterSlots: [ParameterSlot] {
        tables + (projection?.parameterSlots ?? []) + norm.parameterSlots
    }
    private var tables: [ParameterSlot] { [words, types, positions].compactMap(\.self) }

    package func forward(_ tokens: [Int32], layout: SequenceLayout, into x: Matrix, pass: Pass) -> EmbeddingSaved? {
        let trains =
            pass.isTraining
            && (projection?.hasAdapter == true || tableSlot.isTaken || parameterSlots.contains(where: \.isTrained))
        return pass.withScratch { scratch in
            let memory = trains ? pass.saved : scratch
            let sum = memory.matrix(x.rows, words.value.columns)
            look(up: tokens, layout: layout, into: sum, scratch: scratch, pass: pass)
            let statistics = memory.matrix(x.rows, norm.statisticsCount)
            guard let projection else {
                norm.forward(sum, into: x, statistics: statistics)
                return trains
                    ? EmbeddingSaved(read: sum, projected: nil, unnormalised: (sum, statistics)) : nil
            }
            let wide = memory.matrix(x.rows, x.columns)
            let saved = projection.forward(sum, into: wide, pass: pass)
            norm.forward(wide, into: x, statistics: statistics)
            return trains
                ? EmbeddingSaved(read: sum, projected: saved, unnormalised: (wide, statistics)) : nil
        }
    }

    package func backward(
        _ dx: Matrix, tokens: [Int32], layout: SequenceLayout, saved: EmbeddingSaved?, pass: Pass
    ) {
        guard let saved, let (wide, statistics) = saved.unnormalised else { return }
        pass.withScratch { scratch in
            var gradient = scratch.matrix(dx.rows, dx.columns)
            Kernels.clear(gradient)
            norm.backward(dx, x: wide, statistics: statistics, into: gradient)
            let trainsTables = tableSlot.isTaken || tables.contains(where: \.isTrained)
            if let projection {
                let narrow = trainsTables ? scratch.matrix(dx.rows, projection.inputs) : nil
                projection.backward(gradient, x: saved.read, saved: saved.projected, into: narrow, pass: pass)
                gradient = narrow ?? gradient
            }
            guard trainsTables else { return }
            words.accumulate(gradient, rows: tokens, padding: padding, scratch: scratch)
            tableSlot.adapter?.backward(gradient, tokens: tokens, factor: 1, padding: padding, pass: pass)
            types?.accumulate(gradient, rows: typeRows(tokens, layout), scratch: scratch)
            positions?.accumulate(gradient, rows: positionRows(layout), scratch: scratch)
        }
    }

    /// A table of one row knows no second part.
    private func typeRows(_ tokens: [Int32], _ layout: SequenceLayout) -> [Int32] {
        let known = tokenTypeCount == nil ? nil : layout.tokenTypes
        return known ?? [Int32](repeating: 0, count: tokens.count)
    }

    private func positionRows(_ layout: SequenceLayout) -> [Int32] {
        layout.positions.map { $0 + Int32(positionOffset) }
    }

    /// sum `[T, e]` = word[token] + type[t] + position[p + offset]
    private func look(
        up tokens: [Int32], layout: SequenceLayout, into sum: Matrix, scratch: Arena, pass: Pass
    ) {
        Kernels.gatherRows(words.value, rows: tokens, into: sum)
        tableSlot.adapter?.forward(tokens, factor: 1, into: sum, pass: pass)
        pass.addNoise(to: sum, layout: layout)
        guard types != nil || positions != nil else { return }
        let part = scratch.matrix(sum.rows, sum.columns)
        func add(_ table: ParameterSlot, _ rows: [Int32]) {
            Kernels.gatherRows(table.value, rows: rows, into: part)
            Kernels.add(part, into: sum)
        }
        if let types { add(types, typeRows(tokens, layout)) }
        if let positions { add(positions, positionRows(layout)) }
    }
}
