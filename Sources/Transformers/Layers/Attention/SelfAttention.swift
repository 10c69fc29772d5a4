import Tensors

/// Self-attention with grouped-query heads, residual included:
///
///     n = norm(x)                      [T, d], x itself without a norm
///     q, k, v                          see `HeadProjection`
///     o = softmax(score(q, k))·v       [T, heads·D], see `AttentionScoring`
///     y = x + o·W_oᵀ                   [T, d], see `ResidualProjection`
///
/// Attention: https://arxiv.org/abs/1706.03762, grouped queries: https://arxiv.org/abs/2305.13245.
package final class SelfAttention {
    package let norm: (any Norm)?
    /// Before the keys and values of every sequence, `[n, 2·groups·D]`, keys and values side by side, as rotated.
    package let prefixSlot: RowSlot
    private let projection: HeadProjection
    private let residual: ResidualProjection
    private let scoring: AttentionScoring
    private let activation: DType

    /// What attention itself leaves for backward, before its output projection.
    package struct Attended {
        let x: Matrix
        let statistics: Matrix?
        let heads: HeadProjection.Saved
        let o: Matrix
        let logSumExp: Matrix
    }

    /// What backward needs of a forward pass.
    package struct Saved {
        let attended: Attended
        /// `o`, or its rows that go on.
        let selected: Matrix
        let output: ResidualProjection.Saved

        var x: Matrix { attended.x }
    }

    /// - Parameters:
    ///   - headNorms: of each query and each key head, before the rotation.
    ///   - outputNorm: of what is added to x.
    ///   - activation: dtype of what the projections read.
    package init(
        norm: (any Norm)?, queryKeyValue: ProjectionGroup, output: ProjectionGroup, heads: AttentionHeads,
        headNorms: HeadProjection.Norms? = nil, outputNorm: (any Norm)? = nil, rotary: RotaryPositions?,
        scoring: AttentionScoring, activation: DType
    ) {
        self.norm = norm
        projection = HeadProjection(
            group: queryKeyValue, heads: heads, norms: headNorms, rotary: rotary, activation: activation)
        residual = ResidualProjection(output, norm: outputNorm, kind: .attention)
        prefixSlot = RowSlot(name: queryKeyValue.slots[0].name, width: 2 * heads.keyColumns)
        self.scoring = scoring
        self.activation = activation
    }

    /// Three projections, of queries, keys and values, and scores scaled by 1/√D.
    package convenience init(
        norm: (any Norm)?, queryKeyValue: ProjectionGroup, output: ProjectionGroup, headDim: Int,
        rotary: RotaryTable?, mask: AttentionMask = .causal, activation: DType
    ) {
        let outputs = queryKeyValue.slots.map(\.outputs)
        self.init(
            norm: norm, queryKeyValue: queryKeyValue, output: output,
            heads: AttentionHeads(count: outputs[0] / headDim, groups: outputs[1] / headDim, headDim: headDim),
            rotary: rotary.map { RotaryPositions(table: $0) },
            scoring: AttentionScoring(headDim: headDim, mask: mask), activation: activation)
    }

    package var queryKeyValue: ProjectionGroup { projection.group }
    package var output: ProjectionGroup { residual.group }
    package var hasAdapter: Bool { attends || residual.hasAdapter }
    package var parameterSlots: [ParameterSlot] {
        norm.parameterSlots + projection.parameterSlots + residual.parameterSlots
    }
    /// Of what attention adds to the residual.
    package var sublayerSlot: SublayerSlot { residual.slot }
    /// Whether an adapter stands before the softmax.
    private var attends: Bool { queryKeyValue.hasAdapter || prefixSlot.rows != nil }
    /// Whether a row's output depends on no row after it.
    package var isCausal: Bool { scoring.mask != .bidirectional }

    /// y = x + attention. In place where `y` is nil, else into `y`, of which only `rows` are computed if given.
    ///
    /// With a `cache`, keys and values are appended to it and attention reads all that it holds.
    package func forward(
        _ x: Matrix, into y: Matrix?, rows: [Int32]?, layout: SequenceLayout, cache: LayerCache? = nil, pass: Pass
    ) -> Saved {
        project(
            attend(x, layout: layout, cache: cache, pass: pass), into: y, rows: rows, pass: pass)
    }

    /// o = softmax(score(q, k))·v for all rows of x.
    func attend(_ x: Matrix, layout: SequenceLayout, cache: LayerCache? = nil, pass: Pass) -> Attended {
        let heads = projection.heads
        let statistics = norm.map { pass.saved.matrix(x.rows, $0.statisticsCount) }
        let headsSaved = pass.withScratch { scratch in
            let n = norm.normalised(x, statistics: statistics, activation, scratch: scratch)
            return projection.forward(n, layout: layout, pass: pass)
        }
        let o = pass.saved.matrix(x.rows, heads.queryColumns, activation)
        let logSumExp = pass.saved.matrix(x.rows, heads.count)
        pass.withScratch { scratch in
            let (q, k, v) = read(headsSaved.mixed, layout: layout, scratch: scratch)
            if let cache, cache.isEmpty, let prefix = prefixSlot.rows {
                _ = cache.append(
                    keys: prefix.value.columns(0..<heads.keyColumns),
                    values: prefix.value.columns(heads.keyColumns..<prefixSlot.width))
            }
            let (keys, values) = cache?.append(keys: k, values: v) ?? (k, v)
            Kernels.attentionForward(
                q: q, k: keys, v: values, spans: layout.spans, headDim: heads.headDim, scale: scoring.scale,
                mask: scoring.mask, softCap: scoring.softCap, into: o, logSumExp: logSumExp,
                scratch: scratch)
        }
        return Attended(x: x, statistics: statistics, heads: headsSaved, o: o, logSumExp: logSumExp)
    }

    /// y = x + o·W_oᵀ; where it goes as `forward` says.
    func project(_ attended: Attended, into y: Matrix?, rows: [Int32]?, pass: Pass) -> Saved {
        let (x, o) = (attended.x, attended.o)
        var selected = o
        var residual = x
        if let rows, let y {
            selected = pass.saved.matrix(rows.count, o.columns, activation)
            Kernels.gatherRows(o, rows: rows, into: selected)
            Kernels.gatherRows(x, rows: rows, into: y)
            residual = y
        }
        let output = self.residual.forward(selected, adding: residual, into: y ?? x, pass: pass)
        return Saved(attended: attended, selected: selected, output: output)
    }

    /// Accumulates the adapters' gradients; `dx`, which holds the residual's share of ∂L/∂x on entry, gains the
    /// attention's unless `needsInputGradient` is false.
    ///
    /// - Parameter dy: ∂L/∂y, `[rows or T, d]`; may be `dx` itself.
    package func backward(
        _ dy: Matrix, into dx: Matrix, saved: Saved, rows: [Int32]?, layout: SequenceLayout, needsInputGradient: Bool,
        pass: Pass
    ) {
        pass.withScratch { scratch in
            guard needsInputGradient || attends else {
                residual.backward(dy, h: saved.selected, saved: saved.output, into: nil, pass: pass)
                return
            }
            let heads = projection.heads
            let dO = outputGradient(dy, saved: saved, rows: rows, scratch: scratch, pass: pass)
            let dMixed = scratch.matrix(dO.rows, heads.columns)
            let attended = saved.attended
            attentionBackward(dO, attended, layout: layout, into: dMixed, pass: pass)
            let n =
                queryKeyValue.readsInput
                ? norm.normalised(attended.x, statistics: attended.statistics, activation, scratch: scratch) : nil
            let dn = needsInputGradient ? scratch.matrix(dO.rows, dx.columns) : nil
            projection.backward(dMixed, n: n, saved: attended.heads, layout: layout, into: dn, pass: pass)
            if let dn { norm.backward(dn, x: attended.x, statistics: attended.statistics, into: dx) }
        }
    }

    /// Queries, keys and values as attention reads them: `[R, …]`, keys and values `[keys, …]` where rows are shared.
    private func read(_ mixed: Matrix, layout: SequenceLayout, scratch: Arena) -> (q: Matrix, k: Matrix, v: Matrix) {
        let heads = projection.heads
        guard let keyRows = layout.keyRows else { return heads.split(mixed) }
        var keysAndValues = heads.keysAndValues(mixed)
        if layout.prefixRows > 0 {
            guard let prefix = prefixSlot.rows, prefix.count == layout.prefixRows else {
                preconditionFailure("a layout's prefix is that of every layer")
            }
            let behind = scratch.matrix(prefix.count + mixed.rows, keysAndValues.columns, mixed.dtype)
            behind.rows(0..<prefix.count).copy(from: prefix.value)
            behind.rows(prefix.count..<behind.rows).copy(from: keysAndValues)
            keysAndValues = behind
        }
        let gathered = scratch.matrix(keyRows.count, keysAndValues.columns, mixed.dtype)
        Kernels.gatherRows(keysAndValues, rows: keyRows, into: gathered)
        return (
            heads.split(mixed).q, gathered.columns(0..<heads.keyColumns),
            gathered.columns(heads.keyColumns..<gathered.columns)
        )
    }

    /// Assigns ∂L/∂(q, k, v) side by side; a shared row's keys and values sum what its sequences send back.
    private func attentionBackward(
        _ dO: Matrix, _ attended: Attended, layout: SequenceLayout, into dMixed: Matrix, pass: Pass
    ) {
        let heads = projection.heads
        pass.withScratch { scratch in
            let (q, k, v) = read(attended.heads.mixed, layout: layout, scratch: scratch)
            let shared = layout.keyRows.map { ($0, scratch.matrix($0.count, 2 * heads.keyColumns)) }
            let dKeysAndValues = shared?.1 ?? heads.keysAndValues(dMixed)
            Kernels.attentionBackward(
                dO: dO, q: q, k: k, v: v, o: attended.o, logSumExp: attended.logSumExp, spans: layout.spans,
                headDim: heads.headDim, scale: scoring.scale, mask: scoring.mask, softCap: scoring.softCap,
                dq: heads.split(dMixed).q, dk: dKeysAndValues.columns(0..<heads.keyColumns),
                dv: dKeysAndValues.columns(heads.keyColumns..<dKeysAndValues.columns), scratch: scratch)
            if let (keyRows, gradients) = shared {
                let own = heads.keysAndValues(dMixed)
                guard let prefix = prefixSlot.rows, layout.prefixRows > 0 else {
                    Kernels.clear(own)
                    return Kernels.scatterAddRows(gradients, rows: keyRows, into: own)
                }
                let behind = scratch.matrix(prefix.count + own.rows, own.columns)
                Kernels.clear(behind)
                Kernels.scatterAddRows(gradients, rows: keyRows, into: behind)
                Kernels.add(behind.rows(0..<prefix.count), into: prefix.gradient)
                own.copy(from: behind.rows(prefix.count..<behind.rows))
            }
        }
    }

    /// ∂L/∂o for all rows: what did not go on has none.
    private func outputGradient(_ dy: Matrix, saved: Saved, rows: [Int32]?, scratch: Arena, pass: Pass) -> Matrix {
        let dSelected = scratch.matrix(saved.selected.rows, saved.selected.columns, activation)
        let h = output.readsInput ? saved.selected : nil
        residual.backward(dy, h: h, saved: saved.output, into: dSelected, pass: pass)
        guard let rows else { return dSelected }
        let dO = scratch.matrix(saved.attended.o.rows, saved.attended.o.columns, activation)
        Kernels.scatterRows(dSelected, rows: rows, into: dO, scratch: scratch)
        return dO
    }
}
