import Tensors

/// What stands in a projection's slot beside its frozen weight: y = factors ⊙ (x·Wᵀ) + b + update(x), with x `[T, in]`,
/// y `[T, out]`.
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

    /// y += update(x). `saved` `[T, savedCount]` receives what backward needs.
    ///
    /// - Parameters:
    ///   - product: x·Wᵀ `[T, out]` of float32, without bias or factors; nil where this pass has no `outputFactors`.
    ///   - frozen: nil where the model keeps no weight of the projection, as of positions that it projects once.
    ///   - y: float32, and holds factors ⊙ (x·Wᵀ) + b.
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
}
