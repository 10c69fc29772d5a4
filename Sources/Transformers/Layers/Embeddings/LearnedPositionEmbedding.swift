import Tensors

/// Token embeddings plus a learned row for each position: x `[T, d]` = tokens + positions[position + offset].
package struct LearnedPositionEmbedding: InputEmbedding {
    private let tokens: TokenEmbedding
    private let positions: ParameterSlot
    private let offset: Int

    /// - Parameters:
    ///   - positions: `[offset + positions, d]`.
    ///   - offset: rows that belong to no position.
    package init(tokens: TokenEmbedding, positions: ParameterSlot, offset: Int = 0) {
        self.tokens = tokens
        self.positions = positions
        self.offset = offset
    }

    package var slots: [ProjectionSlot] { tokens.slots }
    package var tableSlot: EmbeddingSlot { tokens.tableSlot }
    package var parameterSlots: [ParameterSlot] { tokens.parameterSlots + [positions] }
    package var tokenTable: TokenEmbedding? { tokens.tokenTable }

    package func forward(_ tokens: [Int32], layout: SequenceLayout, into x: Matrix, pass: Pass) -> EmbeddingSaved? {
        let saved = self.tokens.forward(tokens, layout: layout, into: x, pass: pass)
        for (row, position) in layout.positions.enumerated() {
            let index = Int(position) + offset
            Kernels.add(positions.value.rows(index..<(index + 1)), into: x.rows(row..<(row + 1)))
        }
        return saved
    }

    package func backward(
        _ dx: Matrix, tokens: [Int32], layout: SequenceLayout, saved: EmbeddingSaved?, pass: Pass
    ) {
        self.tokens.backward(dx, tokens: tokens, layout: layout, saved: saved, pass: pass)
        guard positions.isTrained else { return }
        let rows = layout.positions.map { $0 + Int32(offset) }
        pass.withScratch { positions.accumulate(dx, rows: rows, scratch: $0) }
    }
}
