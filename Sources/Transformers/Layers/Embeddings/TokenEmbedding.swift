import Tensors

/// Looks token ids up in a table E `[V, e]`, and scales what it finds: x = s·E[token], `[T, d]`. Where the table
/// is narrower than d, a projection W follows: x = s·(E[token]·Wᵀ).
///
/// An id from V on is a row of the prompt slot's, which is not scaled: so PEFT puts prompts before what the embedding
/// module of transformers answers.
package struct TokenEmbedding: InputEmbedding {
    /// The table; the vocabulary head's own weight where the two are tied.
    package let table: FrozenWeight
    /// Before the tokens of every sequence, `[n, d]`.
    package let promptSlot: RowSlot
    package let tableSlot: EmbeddingSlot

    private let scale: Float
    private let projection: ProjectionGroup?
    /// The table as it can be trained; nil where it is not stored in float32.
    private let slot: ParameterSlot?
    /// A token whose lookups do not train its row.
    private let padding: Int32?

    /// - Parameters:
    ///   - name: module path in the checkpoint.
    ///   - path: the same in transformers' model; nil where it is no other.
    ///   - scale: a factor on every row.
    ///   - projection: of one slot, `[d, e]`; nil where e = d.
    ///   - slot: the table as it can be trained.
    ///   - padding: see `ParameterSlot.accumulate`.
    package init(
        table: FrozenWeight, name: String = "embed_tokens", path: String? = nil, scale: Float = 1,
        projection: ProjectionGroup? = nil, slot: ParameterSlot? = nil, padding: Int32? = nil
    ) {
        (self.slot, self.padding) = (slot, padding)
        self.table = table
        self.scale = scale
        self.projection = projection
        promptSlot = RowSlot(name: name, width: table.inputs)
        tableSlot = EmbeddingSlot(
            name: path ?? name, weightName: name + ".weight", vocabulary: table.outputs, width: table.inputs,
            dtype: table.dtype
        ) { table.row($0, into: $1) }
    }

    /// Where a projection follows, PEFT's prompts, of the projection's width, do not fit.
    package var tokenTable: TokenEmbedding? { projection == nil ? self : nil }

    /// The ids of the rows in the prompt slot; empty without any.
    var promptIDs: Range<Int32> {
        Int32(table.outputs)..<Int32(table.outputs + (promptSlot.rows?.count ?? 0))
    }

    package var slots: [ProjectionSlot] { projection?.slots ?? [] }
    package var parameterSlots: [ParameterSlot] { (slot.map { [$0] } ?? []) + (projection?.parameterSlots ?? []) }

    package func forward(_ tokens: [Int32], layout: SequenceLayout, into x: Matrix, pass: Pass) -> EmbeddingSaved? {
        guard let projection else {
            gather(tokens, layout: layout, into: x, pass: pass)
            return nil
        }
        let trains = pass.isTraining && (projection.readsInput || trainsTable)
        return pass.withScratch { scratch in
            let narrow = (trains ? pass.saved : scratch).matrix(tokens.count, projection.inputs)
            gather(tokens, layout: layout, into: narrow, pass: pass)
            let saved = projection.forward(narrow, into: x, pass: pass)
            return trains ? EmbeddingSaved(read: narrow, projected: saved) : nil
        }
    }

    package func backward(
        _ dx: Matrix, tokens: [Int32], layout: SequenceLayout, saved: EmbeddingSaved?, pass: Pass
    ) {
        pass.withScratch { scratch in
            var gradient = dx
            if let projection, let saved {
                let narrow = trainsTable ? scratch.matrix(dx.rows, projection.inputs) : nil
                projection.backward(dx, x: saved.read, saved: saved.projected, into: narrow, pass: pass)
                gradient = narrow ?? dx
            }
            slot?.accumulate(gradient, rows: tokens, scale: scale, padding: padding, scratch: scratch)
            tableSlot.adapter?.backward(gradient, tokens: tokens, factor: scale, padding: padding, pass: pass)
        }
    }

    /// Whether something reads ∂L of the rows that were looked up.
    private var trainsTable: Bool { slot?.isTrained == true || tableSlot.isTaken }

    /// As the embedding module of transformers answers, with NEFTune's noise on it where training has some.
    private func gather(_ tokens: [Int32], layout: SequenceLayout, into rows: Matrix, pass: Pass) {
        look(up: tokens, into: rows)
        tableSlot.adapter?.forward(tokens, factor: scale, into: rows, pass: pass)
        pass.addNoise(to: rows, layout: layout)
        guard let prompt = promptSlot.rows else { return }
        forEachPromptRow(tokens) { row, place in
            rows.rows(row..<(row + 1)).copy(from: prompt.value.rows(place..<(place + 1)))
        }
    }

    /// What the embedding module of transformers answers to tokens of the vocabulary, without an adapter; other rows are
    /// left undefined.
    package func look(up tokens: [Int32], into rows: Matrix) {
        for (row, token) in tokens.enumerated() where Int(token) < table.outputs {
            table.row(Int(token), into: rows.rows(row..<(row + 1)))
        }
        if scale != 1 { Kernels.scale(rows, by: scale) }
    }

    /// Adds ∂L/∂x of the prompt slot's rows to their gradient.
    func accumulatePromptGradient(_ dx: Matrix, tokens: [Int32]) {
        guard let prompt = promptSlot.rows else { return }
        forEachPromptRow(tokens) { row, place in
            Kernels.add(dx.rows(row..<(row + 1)), into: prompt.gradient.rows(place..<(place + 1)))
        }
    }

    private func forEachPromptRow(_ tokens: [Int32], _ body: (_ row: Int, _ place: Int) -> Void) {
        for (row, token) in tokens.enumerated() where Int(token) >= table.outputs {
            body(row, Int(token) - table.outputs)
        }
    }
}
