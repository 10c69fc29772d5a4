import Tensors

/// Layer normalisation with weight and bias: y = (x − μ)·r ⊙ w + b, μ the mean of a row, r = 1/√(variance + ε).
///
/// https://arxiv.org/abs/1607.06450
package struct LayerNorm: Norm {
    /// w, `[1, d]`.
    package let weight: Matrix
    /// b, `[1, d]`.
    package let bias: Matrix
    /// ε
    package let epsilon: Float
    /// w and b as they can be trained; nil where they are frozen for good.
    private let slots: (weight: ParameterSlot, bias: ParameterSlot)?

    package init(
        weight: Matrix, bias: Matrix, epsilon: Float, slots: (weight: ParameterSlot, bias: ParameterSlot)? = nil
    ) {
        self.weight = weight
        self.bias = bias
        self.epsilon = epsilon
        self.slots = slots
    }

    package var parameterSlots: [ParameterSlot] { slots.map { [$0.weight, $0.bias] } ?? [] }

    /// μ and r.
    package var statisticsCount: Int { 2 }

    package func forward(_ x: Matrix, into y: Matrix, statistics: Matrix) {
        Kernels.layerNormForward(x, weight: weight, bias: bias, epsilon: epsilon, into: y, statistics: statistics)
    }

    /// With x̂ = (x − μ)·r and g = w ⊙ dy: dx += r·(g − mean(g) − x̂·mean(g ⊙ x̂)).
    package func backward(_ dy: Matrix, x: Matrix, statistics: Matrix, into dx: Matrix) {
        if let slots, slots.weight.isTrained || slots.bias.isTrained {
            Kernels.layerNormGradients(
                dy, x: x, statistics: statistics, weight: slots.weight.gradient, bias: slots.bias.gradient)
        }
        Kernels.layerNormBackward(dy, x: x, weight: weight, statistics: statistics, into: dx, accumulate: true)
    }
}
