import Tensors

/// A normalisation of each row, whose parameters are frozen unless their slots say otherwise.
package protocol Norm {
    /// Its parameters as they can be trained.
    var parameterSlots: [ParameterSlot] { get }

    /// Numbers per row that backward needs besides the input.
    var statisticsCount: Int { get }

    /// y `[T, d]` of x `[T, d]`, y of either dtype; `statistics` `[T, statisticsCount]` receives what backward needs.
    func forward(_ x: Matrix, into y: Matrix, statistics: Matrix)

    /// dx `[T, d]` += (∂y/∂x)ᵀ·dy, and the gradients of what is trained, for the x and the statistics of a forward pass.
    func backward(_ dy: Matrix, x: Matrix, statistics: Matrix, into dx: Matrix)
}

/// Layers take a norm or none, in which case x goes on as it is.
extension Optional where Wrapped == any Norm {
    /// norm(x) in `dtype`, in memory of `scratch`, or x itself; `statistics` is nil without a norm.
    func normalised(_ x: Matrix, statistics: Matrix?, _ dtype: DType, scratch: Arena) -> Matrix {
        guard let self, let statistics else { return scratch.converted(x, to: dtype) }
        let n = scratch.matrix(x.rows, x.columns, dtype)
        self.forward(x, into: n, statistics: statistics)
        return n
    }

    var parameterSlots: [ParameterSlot] { self?.parameterSlots ?? [] }

    /// dx += (∂norm/∂x)ᵀ·dn.
    func backward(_ dn: Matrix, x: Matrix, statistics: Matrix?, into dx: Matrix) {
        guard let self, let statistics else { return Kernels.add(dn, into: dx) }
        self.backward(dn, x: x, statistics: statistics, into: dx)
    }
}
