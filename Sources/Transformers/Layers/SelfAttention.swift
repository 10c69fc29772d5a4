import Tensors

/// Self-attention with grouped-query heads, residual included:
///
///     n = norm(x)                         [T, d], x itself without a norm
///     q, k, v = n·W_qᵀ, n·W_kᵀ, n·W_vᵀ    [T, heads·D], [T, groups·D] twice, plus biases
///     o = softmax(R(q)·R(k)ᵀ/√D, mask)·v  [T, heads·D], R the rotation by position or the identity
///     y = x + o·W_oᵀ                      [T, d]
///
/// Attention: https://arxiv.org/abs/1706.03762, grouped queries: https://arxiv.org/abs/2305.13245,
/// rotary positions: https://arxiv.org/abs/2104.09864.
package final class SelfAttention {
    package let norm: (any Norm)?
    package let queryKeyValue: ProjectionGroup
    package let output: ProjectionGroup
    private let headDim: Int
    private let rotary: RotaryTable?
    private let mask: AttentionMask
    private let activation: DType

    /// What backward needs of a forward pass.
    package struct Kept {
        let x: Matrix
        let statistics: Matrix?
        /// Rotated queries, rotated keys and values side by side.
        let queryKeyValue: Matrix
        let projected: [[Matrix]]
        let o: Matrix
        let logSumExp: Matrix
        /// `o`, or its rows that go on.
        let selected: Matrix
        let outputKept: [[Matrix]]
    }

    /// - Parameter activation: dtype of what the projections read.
    package init(
        norm: (any Norm)?, queryKeyValue: ProjectionGroup, output: ProjectionGroup, headDim: Int,
        rotary: RotaryTable?, mask: AttentionMask = .causal, activation: DType
    ) {
        self.norm = norm
        self.queryKeyValue = queryKeyValue
        self.output = output
        self.headDim = headDim
        self.rotary = rotary
        self.mask = mask
        self.activation = activation
    }

    package var hasAdapter: Bool { queryKeyValue.hasAdapter || output.hasAdapter }

    /// y = x + attention. In place where `y` is nil, else into `y`, of which only `rows` are computed if given.
    ///
    /// With a `cache`, keys and values are appended to it and attention reads all that it holds.
    package func forward(
        _ x: Matrix, into y: Matrix?, rows: [Int32]?, layout: SequenceLayout, cache: LayerCache? = nil, pass: Pass
    ) -> Kept {
        let count = x.rows
        let statistics = norm.map { pass.kept.matrix(count, $0.statisticsCount) }
        let mixed = pass.kept.matrix(count, queryKeyValue.outputs, activation)
        let o = pass.kept.matrix(count, queryKeyValue.slots[0].outputs, activation)
        let logSumExp = pass.kept.matrix(count, o.columns / headDim)
        let (q, k, v) = split(mixed)
        let projected = pass.withScratch { scratch in
            let n = norm.normalised(x, statistics: statistics, activation, scratch: scratch)
            // In place in float32. Else the adapters' small updates must be added before the rounding to bfloat16.
            let exact = activation == .float32 ? mixed : scratch.matrix(count, mixed.columns)
            let projected = queryKeyValue.forward(n, into: exact, pass: pass)
            let parts = split(exact)
            rotate(parts.q, into: q, layout: layout)
            rotate(parts.k, into: k, layout: layout)
            if activation != .float32 { Kernels.convert(parts.v, into: v) }
            return projected
        }
        let (keys, values) = cache?.append(keys: k, values: v) ?? (k, v)
        Kernels.attentionForward(
            q: q, k: keys, v: values, spans: layout.spans, headDim: headDim, scale: scale, mask: mask, into: o,
            logSumExp: logSumExp)

        var selected = o
        var residual = x
        if let rows, let y {
            selected = pass.kept.matrix(rows.count, o.columns, activation)
            Kernels.gatherRows(o, rows: rows, into: selected)
            Kernels.gatherRows(x, rows: rows, into: y)
            residual = y
        }
        let outputKept = output.forward(selected, adding: residual, into: y ?? x, pass: pass)
        return Kept(
            x: x, statistics: statistics, queryKeyValue: mixed, projected: projected, o: o, logSumExp: logSumExp,
            selected: selected, outputKept: outputKept)
    }

    /// Accumulates the adapters' gradients; `dx`, which holds the residual's share of ∂L/∂x on entry, gains the
    /// attention's unless `needsInputGradient` is false.
    ///
    /// - Parameter dy: ∂L/∂y, `[rows or T, d]`; may be `dx` itself.
    package func backward(
        _ dy: Matrix, into dx: Matrix, kept: Kept, rows: [Int32]?, layout: SequenceLayout, needsInputGradient: Bool,
        pass: Pass
    ) {
        pass.withScratch { scratch in
            guard needsInputGradient || queryKeyValue.hasAdapter else {
                output.backward(dy, x: kept.selected, kept: kept.outputKept, into: nil, pass: pass)
                return
            }
            let dO = outputGradient(dy, kept: kept, rows: rows, scratch: scratch, pass: pass)
            let dMixed = scratch.matrix(dO.rows, queryKeyValue.outputs)
            let (dq, dk, dv) = split(dMixed)
            let (q, k, v) = split(kept.queryKeyValue)
            Kernels.attentionBackward(
                dO: dO, q: q, k: k, v: v, o: kept.o, logSumExp: kept.logSumExp, spans: layout.spans, headDim: headDim,
                scale: scale, mask: mask, dq: dq, dk: dk, dv: dv)
            if let rotary {
                for part in [dq, dk] {
                    Kernels.rotate(
                        part, into: part, positions: layout.positions, table: rotary, headDim: headDim, inverse: true)
                }
            }

            let n =
                queryKeyValue.hasAdapter
                ? norm.normalised(kept.x, statistics: kept.statistics, activation, scratch: scratch) : nil
            let dn = needsInputGradient ? scratch.matrix(dO.rows, dx.columns) : nil
            queryKeyValue.backward(dMixed, x: n, kept: kept.projected, into: dn, pass: pass)
            if let dn { norm.backward(dn, x: kept.x, statistics: kept.statistics, into: dx) }
        }
    }

    /// ∂L/∂o for all rows: what did not go on has none.
    private func outputGradient(_ dy: Matrix, kept: Kept, rows: [Int32]?, scratch: Arena, pass: Pass) -> Matrix {
        let dSelected = scratch.matrix(kept.selected.rows, kept.o.columns, activation)
        let x = output.hasAdapter ? kept.selected : nil
        output.backward(dy, x: x, kept: kept.outputKept, into: dSelected, pass: pass)
        guard let rows else { return dSelected }
        let dO = scratch.matrix(kept.o.rows, kept.o.columns, activation)
        Kernels.scatterRows(dSelected, rows: rows, into: dO)
        return dO
    }

    /// x with every head rotated by its row's position; without rotary positions x in y's dtype.
    private func rotate(_ x: Matrix, into y: Matrix, layout: SequenceLayout) {
        if let rotary {
            Kernels.rotate(x, into: y, positions: layout.positions, table: rotary, headDim: headDim, inverse: false)
        } else if activation != .float32 {
            Kernels.convert(x, into: y)
        }
    }

    private var scale: Float { 1 / Float(headDim).squareRoot() }

    private func split(_ mixed: Matrix) -> (q: Matrix, k: Matrix, v: Matrix) {
        let columns = queryKeyValue.columns
        return (mixed.columns(columns[0]), mixed.columns(columns[1]), mixed.columns(columns[2]))
    }
}
