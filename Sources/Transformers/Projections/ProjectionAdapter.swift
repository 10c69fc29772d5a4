import Tensors

/// What stands in a projection's slot beside its frozen weight: y = x·Wᵀ + update(x), with x `[T, in]`, y `[T, out]`.
///
/// Models know this protocol and nothing of LoRA.
package protocol ProjectionAdapter: AnyObject {
    /// Whether training drops elements by a row's place, so that equal rows may get different updates.
    var hasDropout: Bool { get }
    /// Numbers per row that backward needs besides the input.
    var keptCount: Int { get }

    /// y += update(x). `kept` `[T, keptCount]` receives what backward needs.
    func forward(_ x: Matrix, into y: Matrix, kept: Matrix, pass: Pass)

    /// Accumulates the gradients of its own parameters, and dx += ∂update/∂xᵀ·dy unless `dx` is nil.
    ///
    /// `x` and `kept` are those of the forward pass.
    func backward(_ dy: Matrix, x: Matrix, kept: Matrix, into dx: Matrix?, pass: Pass)
}
