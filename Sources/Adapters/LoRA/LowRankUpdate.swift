import Tensors
import Transformers

/// The low-rank update of one projection, s = alpha/rank:
///
///     x̃ = dropout(x)        [T, in]
///     h = x̃·Aᵀ              [T, r]
///     y += s·h·Bᵀ           [T, out]
///
/// Backward, with dy `[T, out]`:
///
///     dB += s·dyᵀ·h         [out, r]
///     dh  = s·dy·B          [T, r]
///     dA += dhᵀ·x̃           [r, in]
///     dx += dropout'(dh·A)  [T, in]
final class LowRankUpdate: ProjectionAdapter {
    /// `[r, in]`
    let a: Parameter
    /// `[out, r]`
    let b: Parameter
    private let scaling: Float
    private let dropout: Float
    private let random: Philox

    var hasDropout: Bool { dropout > 0 }
    /// h.
    var savedCount: Int { a.value.rows }

    /// - Parameter random: the stream that this slot's dropout masks come from.
    init(a: Parameter, b: Parameter, scaling: Float, dropout: Float, random: Philox) {
        self.a = a
        self.b = b
        self.scaling = scaling
        self.dropout = dropout
        self.random = random
    }

    func forward(_ x: Matrix, into y: Matrix, saved h: Matrix, pass: Pass) {
        pass.withScratch { scratch in
            let dropped = dropped(x, scratch: scratch, pass: pass)
            multiply(.plain(dropped), .transposed(a.value), into: h, scratch: scratch)
            multiply(
                .plain(h), .transposed(b.value), into: y, scale: scaling, accumulate: true, scratch: scratch)
        }
    }

    func backward(_ dy: Matrix, x: Matrix, saved h: Matrix, into dx: Matrix?, pass: Pass) {
        pass.withScratch { scratch in
            multiply(
                .transposed(dy), .plain(h), into: b.gradient, scale: scaling, accumulate: true, scratch: scratch)
            let dh = scratch.matrix(h.rows, h.columns)
            multiply(.plain(dy), .plain(b.value), into: dh, scale: scaling, scratch: scratch)
            let dropped = dropped(x, scratch: scratch, pass: pass)
            multiply(.transposed(dh), .plain(dropped), into: a.gradient, accumulate: true, scratch: scratch)
            if let dx { inputGradient(dh, into: dx, scratch: scratch, pass: pass) }
        }
    }

    private func inputGradient(_ dh: Matrix, into dx: Matrix, scratch: Arena, pass: Pass) {
        guard let mask = mask(pass, columns: dx.columns) else {
            multiply(.plain(dh), .plain(a.value), into: dx, accumulate: true)
            return
        }
        let dDropped = scratch.matrix(dx.rows, dx.columns)
        multiply(.plain(dh), .plain(a.value), into: dDropped)
        Kernels.dropoutBackward(
            dDropped, into: dx, probability: dropout, random: random, step: mask.step,
            firstPosition: mask.firstPosition)
    }

    /// x̃; x itself where nothing is dropped.
    private func dropped(_ x: Matrix, scratch: Arena, pass: Pass) -> Matrix {
        guard let mask = mask(pass, columns: x.columns) else { return x }
        let result = scratch.matrix(x.rows, x.columns, x.dtype)
        Kernels.dropout(
            x, into: result, probability: dropout, random: random, step: mask.step,
            firstPosition: mask.firstPosition)
        return result
    }

    /// Where in the random stream this pass's mask starts; nil where nothing is dropped.
    private func mask(_ pass: Pass, columns: Int) -> (step: UInt64, firstPosition: UInt64)? {
        guard dropout > 0, case .training(let step, let firstRow) = pass.mode else { return nil }
        return (step, UInt64(firstRow * columns))
    }
}
