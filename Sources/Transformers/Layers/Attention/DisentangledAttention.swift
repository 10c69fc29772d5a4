import Tensors

/// How query, key and value lie in the columns of the content's projections.
package enum ContentLayout: Sendable {
    /// Three projections: all heads' queries, then all keys, then all values.
    case sideBySide
    /// One projection: head by head, each with its query, key and value.
    case headByHead
}

/// DeBERTa's disentangled self-attention, every position attending to every other, residual included:
///
///     q, k, v = x·W_qᵀ + b_q, x·W_kᵀ + b_k, x·W_vᵀ + b_v           [T, heads·D] each
///     s[i, j] = (q_i·k_j + q_i·P^k_δ + k_j·P^q_δ)·scale            δ = δ(j − i), see `RelativeProjections`
///     o = softmax(s)·v                                             [T, heads·D]
///     y = x + o·W_oᵀ + b_o                                         [T, d]
///
/// scale = 1/√(D·(1 + position terms)). https://arxiv.org/abs/2006.03654
package final class DisentangledAttention: AttentionLayer {
    package let content: ProjectionGroup
    package let positions: RelativeProjections?
    private let residual: ResidualProjection
    private let layout: ContentLayout
    private let heads: Int
    private let scale: Float
    private let activation: DType

    /// What backward needs of a forward pass.
    package struct Saved {
        let x: Matrix
        /// Queries, keys and values as `ContentLayout` says.
        let mixed: Matrix
        let projected: ProjectionGroup.Saved
        let positions: RelativeProjections.Saved?
        /// o, or its rows that go on.
        let selected: Matrix
        let outputSaved: ResidualProjection.Saved
    }

    /// - Parameter activation: dtype of what the projections read.
    package init(
        content: ProjectionGroup, layout: ContentLayout, positions: RelativeProjections?, output: ProjectionGroup,
        heads: Int, scale: Float, activation: DType
    ) {
        self.content = content
        self.layout = layout
        self.positions = positions
        residual = ResidualProjection(output, norm: nil, kind: .attention)
        self.heads = heads
        self.scale = scale
        self.activation = activation
    }

    package var output: ProjectionGroup { residual.group }
    package var sublayerSlot: SublayerSlot { residual.slot }
    package var ownRows: RowSlot? { nil }

    /// The content's, then those that only positions have, then the output's.
    package var slots: [ProjectionSlot] {
        let own = [positions?.keys, positions?.queries].compactMap { $0?.slot }
            .filter { slot in !content.slots.contains { $0 === slot } }
        return content.slots + own + output.slots
    }

    package var parameterSlots: [ParameterSlot] {
        content.parameterSlots + (positions?.parameterSlots ?? []) + residual.parameterSlots
    }
    package func unfreeze() throws { try positions?.unfreeze() }

    package var hasAdapter: Bool { attends || residual.hasAdapter }

    /// Whether an adapter stands before the softmax.
    private var attends: Bool { content.hasAdapter || positions?.hasAdapter == true }

    package func forward(
        _ x: Matrix, into y: Matrix?, rows: [Int32]?, layout sequences: SequenceLayout, cache: LayerCache?, pass: Pass
    ) -> Saved {
        precondition(cache == nil, "an encoder reads whole sequences")
        let mixed = pass.saved.matrix(x.rows, content.outputs, activation)
        let projected = pass.withScratch { scratch in
            content.forward(scratch.converted(x, to: activation), into: mixed, pass: pass)
        }
        let positionsSaved = positions?.forward(sequences, pass: pass)
        let o = pass.saved.matrix(x.rows, output.inputs, activation)
        let (q, k, v, columns) = split(mixed)
        Kernels.disentangledForward(
            q: q, k: k, v: v, heads: columns, positions: positionsSaved?.factors, spans: sequences.spans, scale: scale,
            into: o)

        var selected = o
        var read = x
        if let rows, let y {
            selected = pass.saved.matrix(rows.count, o.columns, activation)
            Kernels.gatherRows(o, rows: rows, into: selected)
            Kernels.gatherRows(x, rows: rows, into: y)
            read = y
        }
        let outputSaved = residual.forward(selected, adding: read, into: y ?? x, pass: pass)
        return Saved(
            x: x, mixed: mixed, projected: projected, positions: positionsSaved, selected: selected,
            outputSaved: outputSaved)
    }

    package func backward(
        _ dy: Matrix, into dx: Matrix, saved: Saved, rows: [Int32]?, layout sequences: SequenceLayout,
        needsInputGradient: Bool, pass: Pass
    ) {
        pass.withScratch { scratch in
            let selected = output.readsInput ? saved.selected : nil
            guard needsInputGradient || attends else {
                residual.backward(dy, h: selected, saved: saved.outputSaved, into: nil, pass: pass)
                return
            }
            var dO = scratch.matrix(saved.selected.rows, output.inputs, activation)
            residual.backward(dy, h: selected, saved: saved.outputSaved, into: dO, pass: pass)
            if let rows {
                let all = scratch.matrix(saved.mixed.rows, output.inputs, activation)
                Kernels.scatterRows(dO, rows: rows, into: all, scratch: scratch)
                dO = all
            }
            let dMixed = scratch.matrix(dO.rows, content.outputs)
            let (dq, dk, dv, columns) = split(dMixed)
            let (q, k, v, _) = split(saved.mixed)
            let dPositions = saved.positions.flatMap { positions?.gradients($0, scratch: scratch) }
            Kernels.disentangledBackward(
                dO: dO, q: q, k: k, v: v, heads: columns, positions: saved.positions?.factors, spans: sequences.spans,
                scale: scale, dq: dq, dk: dk, dv: dv, dPositionKeys: dPositions?.keys,
                dPositionQueries: dPositions?.queries)
            if let dPositions, let positionsSaved = saved.positions {
                positions?.backward(dPositions, saved: positionsSaved, pass: pass)
            }
            let x = content.readsInput ? scratch.converted(saved.x, to: activation) : nil
            let dn = needsInputGradient ? scratch.matrix(dO.rows, dx.columns) : nil
            content.backward(dMixed, x: x, saved: saved.projected, into: dn, pass: pass)
            if let dn { Kernels.add(dn, into: dx) }
        }
    }

    private func split(_ mixed: Matrix) -> (q: Matrix, k: Matrix, v: Matrix, columns: HeadColumns) {
        let width = mixed.columns / 3
        let headDim = width / heads
        switch layout {
        case .sideBySide:
            return (
                mixed.columns(0..<width), mixed.columns(width..<(2 * width)), mixed.columns((2 * width)..<(3 * width)),
                HeadColumns(count: heads, headDim: headDim)
            )
        case .headByHead:
            let end = mixed.columns
            return (
                mixed.columns(0..<(end - 2 * headDim)), mixed.columns(headDim..<(end - headDim)),
                mixed.columns((2 * headDim)..<end), HeadColumns(count: heads, headDim: headDim, stride: 3 * headDim)
            )
        }
    }
}
