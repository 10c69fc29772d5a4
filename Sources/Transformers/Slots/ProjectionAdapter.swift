import Tensors

/// What stands in a projection's slot beside its frozen weight: y = f_out ⊙ ((f_in ⊙ x)·Wᵀ) + b + update(x), with x
/// `[T, in]`, y `[T, out]` and a factor for each input and each output.
///
/// Models know this protocol and no method of adaptation.
package protocol ProjectionAdapter: AnyObject {
    /// Whether training drops elements by a row's place, so that equal rows may get different updates.
    var hasDropout: Bool { get }
    /// Numbers per row that backward needs besides the input.
    var savedCount: Int { get }

    /// The factor on each output of the frozen product in this pass, `[1, out]`, the same in forward and backward; nil
    /// for 1, which costs nothing.
    ///
    /// An adapter that has factors is handed the product by itself, and the group scales it and its gradient.
    func outputFactors(_ frozen: FrozenProjection?, pass: Pass) -> Matrix?

    /// The factor on each input of the frozen product in this pass, `[1, in]`, the same in forward and backward; nil for
    /// 1, which costs nothing. Where several projections share an input, factors of one of them cost a product of all.
    func inputFactors(pass: Pass) -> Matrix?

    /// Accumulates the gradient of the input factors, Σ_t x ⊙ dz; `dz` `[T, in]` is that of z = f_in ⊙ x, both float32.
    func accumulateInputFactorGradient(_ dz: Matrix, x: Matrix)

    /// y += update(x). `saved` `[T, savedCount]` receives what backward needs.
    ///
    /// - Parameters:
    ///   - product: the frozen product `[T, out]` of float32, without bias or factors of the outputs; nil where this pass
    ///     has no `outputFactors`.
    ///   - frozen: nil where the model keeps no weight of the projection, as of positions that it projects once.
    ///   - y: float32, and holds all but the update.
    func forward(
        _ x: Matrix, product: Matrix?, frozen: FrozenProjection?, into y: Matrix, saved: Matrix, pass: Pass)

    /// Accumulates the gradients of its own parameters, and dx += ∂update/∂xᵀ·dy unless `dx` is nil; the frozen product's
    /// share of dx, scaled by the factors, is the group's.
    ///
    /// `x` and `saved` are those of the forward pass.
    func backward(
        _ dy: Matrix, x: Matrix, frozen: FrozenProjection?, saved: Matrix, into dx: Matrix?, pass: Pass)
}

extension ProjectionAdapter {
    package func outputFactors(_ frozen: FrozenProjection?, pass: Pass) -> Matrix? { nil }
    package func inputFactors(pass: Pass) -> Matrix? { nil }
    package func accumulateInputFactorGradient(_ dz: Matrix, x: Matrix) {}

    /// dx += f_in ⊙ dz with dz = dy·W, and the factors' gradient; nothing where the pass has none.
    ///
    /// - Parameter dy: `[T, out]`, scaled by the outputs' factors where there are some.
    func backwardInputFactors(
        _ dy: Matrix, x: Matrix, frozen: FrozenProjection, into dx: Matrix?, pass: Pass
    ) {
        guard let factors = inputFactors(pass: pass) else { return }
        pass.withScratch { scratch in
            let dz = scratch.matrix(x.rows, x.columns)
            Kernels.clear(dz)
            frozen.accumulateInputGradient(dy, into: dz, pass: pass)
            accumulateInputFactorGradient(dz, x: scratch.converted(x, to: .float32))
            if let dx { Kernels.addScaledColumns(dz, by: factors, into: dx) }
        }
    }
}

extension Arena {
    /// x `[T, n]` with each column times its factor, in float32.
    package func scaledColumns(_ x: Matrix, by factors: Matrix) -> Matrix {
        let scaled = matrix(x.rows, x.columns)
        Kernels.clear(scaled)
        Kernels.addScaledColumns(converted(x, to: .float32), by: factors, into: scaled)
        return scaled
    }
}
