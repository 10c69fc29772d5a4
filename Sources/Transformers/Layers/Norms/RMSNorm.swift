import Tensors

/// Root mean square normalisation with a weight: y = x·r ⊙ w, r = 1/√(mean(x²) + ε), for each row.
///
/// https://arxiv.org/abs/1910.07467
package struct RMSNorm: Norm {
    /// w, `[1, d]`.
    package let weight: Matrix
    /// ε
    package let epsilon: Float
    /// w as it can be trained; nil where it is frozen for good.
    private let slot: ParameterSlot?

    package init(weight: Matrix, epsilon: Float, slot: ParameterSlot? = nil) {
        self.weight = weight
        self.epsilon = epsilon
        self.slot = slot
    }

    package var parameterSlots: [ParameterSlot] { slot.map { [$0] } ?? [] }

    /// r.
    package var statisticsCount: Int { 1 }

    package func forward(_ x: Matrix, into y: Matrix, statistics: Matrix) {
        Kernels.rmsNormForward(x, weight: weight, epsilon: epsilon, into: y, inverseRMS: statistics)
    }

    /// dx += r·(w ⊙ dy) − x·r³/d·Σ(w ⊙ dy ⊙ x).
    package func backward(_ dy: Matrix, x: Matrix, statistics: Matrix, into dx: Matrix) {
        accumulateGradient(dy, x: x, statistics: statistics)
        Kernels.rmsNormBackward(dy, x: x, weight: weight, inverseRMS: statistics, into: dx, accumulate: true)
    }

    /// dw += Σ_t dy ⊙ x·r where w is trained.
    func accumulateGradient(_ dy: Matrix, x: Matrix, statistics: Matrix) {
        guard let gradient = slot?.gradient else { return }
        Kernels.rmsNormWeightGradient(dy, x: x, inverseRMS: statistics, into: gradient)
    }
}
