import Tensors

/// Root mean square normalisation with a frozen weight: y = x·r ⊙ w, r = 1/√(mean(x²) + ε), for each row.
///
/// https://arxiv.org/abs/1910.07467
package struct RMSNorm {
    /// w, `[1, d]`.
    package let weight: Matrix
    /// ε
    package let epsilon: Float

    package init(weight: Matrix, epsilon: Float) {
        self.weight = weight
        self.epsilon = epsilon
    }

    /// y `[T, d]` of x `[T, d]`; `inverseRMS` `[T, 1]` receives r.
    package func forward(_ x: Matrix, into y: Matrix, inverseRMS: Matrix) {
        Kernels.rmsNormForward(x, weight: weight, epsilon: epsilon, into: y, inverseRMS: inverseRMS)
    }

    /// y once more from what forward left, instead of keeping it.
    package func recompute(_ x: Matrix, inverseRMS: Matrix, into y: Matrix) {
        Kernels.rmsNormForward(x, weight: weight, epsilon: epsilon, into: y, inverseRMS: inverseRMS)
    }

    /// dx += r·(w ⊙ dy) − x·r³/d·Σ(w ⊙ dy ⊙ x).
    package func backward(_ dy: Matrix, x: Matrix, inverseRMS: Matrix, into dx: Matrix) {
        Kernels.rmsNormBackward(dy, x: x, weight: weight, inverseRMS: inverseRMS, into: dx, accumulate: true)
    }
}
