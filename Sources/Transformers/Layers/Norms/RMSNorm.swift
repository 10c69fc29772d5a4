import Tensors

/// Root mean square normalisation with a frozen weight: y = x·r ⊙ w, r = 1/√(mean(x²) + ε), for each row.
///
/// https://arxiv.org/abs/1910.07467
package struct RMSNorm: Norm {
    /// w, `[1, d]`.
    package let weight: Matrix
    /// ε
    package let epsilon: Float

    package init(weight: Matrix, epsilon: Float) {
        self.weight = weight
        self.epsilon = epsilon
    }

    /// r.
    package var statisticsCount: Int { 1 }

    package func forward(_ x: Matrix, into y: Matrix, statistics: Matrix) {
        Kernels.rmsNormForward(x, weight: weight, epsilon: epsilon, into: y, inverseRMS: statistics)
    }

    /// dx += r·(w ⊙ dy) − x·r³/d·Σ(w ⊙ dy ⊙ x).
    package func backward(_ dy: Matrix, x: Matrix, statistics: Matrix, into dx: Matrix) {
        Kernels.rmsNormBackward(dy, x: x, weight: weight, inverseRMS: statistics, into: dx, accumulate: true)
    }
}
