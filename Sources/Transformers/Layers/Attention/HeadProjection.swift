import Tensors

/// Queries, keys and values of every head, of the rows n that attention reads:
///
///     q, k, v = n·W_qᵀ, n·W_kᵀ, n·W_vᵀ             [T, heads·D], [T, groups·D] twice, plus biases
///     q, k = R(norm_q(q)), R(norm_k(k))            each head by itself, R the rotation by position
///
/// Norms of heads: https://arxiv.org/abs/2302.05442, rotary positions: https://arxiv.org/abs/2104.09864. Either may be
/// absent.
package final class HeadProjection {
    /// Norms with weights `[1, D]`, one for all query heads and one for all key heads.
    package typealias Norms = (query: RMSNorm, key: RMSNorm)

    let group: ProjectionGroup
    let heads: AttentionHeads
    private let norms: Norms?
    private let rotary: RotaryPositions?
    private let activation: DType

    /// What backward needs of a forward pass.
    struct Saved {
        /// Rotated queries, rotated keys and values side by side.
        let mixed: Matrix
        let projected: ProjectionGroup.Saved
        /// The same before norms and rotation, and the norms' statistics `[T, heads + groups]`, where there are norms.
        let unnormalised: (raw: Matrix, statistics: Matrix)?
    }

    init(group: ProjectionGroup, heads: AttentionHeads, norms: Norms?, rotary: RotaryPositions?, activation: DType) {
        precondition(group.outputs == heads.columns, "a head projection's columns")
        self.group = group
        self.heads = heads
        self.norms = norms
        self.rotary = rotary
        self.activation = activation
    }

    var parameterSlots: [ParameterSlot] {
        group.parameterSlots + (norms.map { $0.query.parameterSlots + $0.key.parameterSlots } ?? [])
    }

    func forward(_ n: Matrix, layout: SequenceLayout, pass: Pass) -> Saved {
        let mixed = pass.saved.matrix(n.rows, heads.columns, activation)
        let statistics = norms.map { _ in pass.saved.matrix(n.rows, heads.count + heads.groups) }
        let raw = norms.map { _ in pass.saved.matrix(n.rows, heads.columns) }
        return pass.withScratch { scratch in
            // In place in float32. Else the adapters' small updates must be added before the rounding to bfloat16.
            let exact = activation == .float32 ? mixed : scratch.matrix(n.rows, heads.columns)
            let projected = project(n, into: raw ?? exact, scratch: scratch, pass: pass)
            if let raw, let statistics {
                normalise(raw, into: exact, statistics: statistics)
                heads.split(exact).v.copy(from: heads.split(raw).v)
            }
            let (from, to) = (heads.split(exact), heads.split(mixed))
            let rows = rotary.map { $0.rows(layout) }
            rotate(from.q, into: to.q, rows: rows)
            rotate(from.k, into: to.k, rows: rows)
            if activation != .float32 { Kernels.convert(from.v, into: to.v) }
            let unnormalised = raw.flatMap { raw in statistics.map { (raw: raw, statistics: $0) } }
            return Saved(mixed: mixed, projected: projected, unnormalised: unnormalised)
        }
    }

    /// Accumulates the adapters' gradients, and assigns dn unless it is nil.
    ///
    /// - Parameters:
    ///   - d: ∂L/∂(q, k, v) in the order of `mixed`, float32; overwritten.
    ///   - n: as in forward; may be nil where nothing is trained that reads it.
    func backward(_ d: Matrix, n: Matrix?, saved: Saved, layout: SequenceLayout, into dn: Matrix?, pass: Pass) {
        let (dq, dk, _) = heads.split(d)
        if let rotary {
            let rows = rotary.rows(layout)
            func rotateBack(_ part: Matrix) {
                Kernels.rotate(
                    part, into: part, positions: rows, table: rotary.table, headDim: heads.headDim, inverse: true)
            }
            rotateBack(dq)
            rotateBack(dk)
        }
        if let (raw, statistics) = saved.unnormalised { normaliseBackward(d, raw: raw, statistics: statistics) }
        pass.withScratch { scratch in
            var dProjected = d
            if heads.isInterleaved {
                dProjected = scratch.matrix(d.rows, d.columns)
                heads.interleave(d, into: dProjected)
            }
            group.backward(dProjected, x: n, saved: saved.projected, into: dn, pass: pass)
        }
    }

    private func project(_ n: Matrix, into mixed: Matrix, scratch: Arena, pass: Pass) -> ProjectionGroup.Saved {
        guard heads.isInterleaved else { return group.forward(n, into: mixed, pass: pass) }
        let interleaved = scratch.matrix(n.rows, heads.columns)
        let projected = group.forward(n, into: interleaved, pass: pass)
        heads.separate(interleaved, into: mixed)
        return projected
    }

    /// x with every head rotated by its row of the table; without rotary positions x in y's dtype.
    private func rotate(_ x: Matrix, into y: Matrix, rows: [Int32]?) {
        if let rotary, let rows {
            Kernels.rotate(
                x, into: y, positions: rows, table: rotary.table, headDim: heads.headDim, inverse: false)
        } else if activation != .float32 {
            Kernels.convert(x, into: y)
        }
    }

    private func normalise(_ raw: Matrix, into exact: Matrix, statistics: Matrix) {
        forEachNorm { norm, columns, index in
            norm.forward(
                raw.columns(columns), into: exact.columns(columns), statistics: statistics.columns(index..<(index + 1)))
        }
    }

    private func normaliseBackward(_ d: Matrix, raw: Matrix, statistics: Matrix) {
        forEachNorm { norm, columns, index in
            let (dy, x, inverseRMS) = (
                d.columns(columns), raw.columns(columns), statistics.columns(index..<(index + 1))
            )
            norm.accumulateGradient(dy, x: x, statistics: inverseRMS)
            Kernels.rmsNormBackward(
                dy, x: x, weight: norm.weight, inverseRMS: inverseRMS, into: dy, accumulate: false)
        }
    }

    /// Each query head and each key head with its columns and its number.
    private func forEachNorm(_ body: (_ norm: RMSNorm, _ columns: Range<Int>, _ index: Int) -> Void) {
        guard let norms else { return }
        for index in 0..<(heads.count + heads.groups) {
            let start = index * heads.headDim
            body(index < heads.count ? norms.query : norms.key, start..<(start + heads.headDim), index)
        }
    }
}
