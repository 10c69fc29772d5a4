import Tensors

/// What stands in a projection's slot beside its frozen weight: y = x·Wᵀ + update(x), with x `[T, in]`, y `[T, out]`.
///
/// Models know this protocol and nothing of LoRA.
package protocol ProjectionAdapter: AnyObject {
    /// Whether training drops elements by a row's place, so that equal rows may get different updates.
    var hasDropout: Bool { get }
    /// Numbers per row that backward needs besides the input.
    var savedCount: Int { get }

    /// y += update(x). `saved` `[T, savedCount]` receives what backward needs.
    func forward(_ x: Matrix, into y: Matrix, saved: Matrix, pass: Pass)

    /// Accumulates the gradients of its own parameters, and dx += ∂update/∂xᵀ·dy unless `dx` is nil.
    ///
    /// `x` and `saved` are those of the forward pass.
    func backward(_ dy: Matrix, x: Matrix, saved: Matrix, into dx: Matrix?, pass: Pass)
}
