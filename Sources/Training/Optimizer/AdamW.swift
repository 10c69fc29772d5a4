import Tensors
import Transformers

/// AdamW with PyTorch's arithmetic and its clipping by global norm. https://arxiv.org/abs/1711.05101
///
/// Weight decay applies to the parameters that decay, which biases do not, as in transformers' Trainer.
package final class AdamW {
    let parameters: [Parameter]
    private(set) var moments: [(m: Matrix, v: Matrix)]
    private let weightDecay: Float
    private let ratio: Double

    /// - Parameter ratio: how many times the learning rate of the other parameters those have that LoRA+ raises.
    package init(_ parameters: [Parameter], weightDecay: Float, ratio: Double = 1) {
        self.parameters = parameters
        self.weightDecay = weightDecay
        self.ratio = ratio
        moments = parameters.map {
            (
                Matrix(rows: $0.value.rows, columns: $0.value.columns),
                Matrix(rows: $0.value.rows, columns: $0.value.columns)
            )
        }
    }

    /// Bytes of the moments.
    package var bytes: Int { moments.reduce(0) { $0 + 4 * ($1.m.rows * $1.m.columns + $1.v.rows * $1.v.columns) } }

    /// Bytes of the moments of so many parameters' elements.
    package static func bytes(elements: Int) -> Int { 2 * DType.float32.bytes * elements }

    /// Everything that a resumed run needs, by name.
    var state: [(name: String, matrix: Matrix)] {
        zip(parameters, moments).flatMap { parameter, moment in
            [
                (parameter.name, parameter.value), (parameter.name + ".m", moment.m), (parameter.name + ".v", moment.v),
            ]
        }
    }

    /// ‖gradient‖ over all parameters, before clipping.
    package func gradientNorm() -> Double {
        parameters.reduce(0) { $0 + Kernels.squaredNorm($1.gradient) }.squareRoot()
    }

    /// Scales the gradients so that their norm is at most `maximum`, as `clip_grad_norm_` does.
    package func clip(norm: Double, maximum: Double) {
        let factor = maximum / (norm + 1e-6)
        guard factor < 1 else { return }
        for parameter in parameters { Kernels.scale(parameter.gradient, by: Float(factor)) }
    }

    /// One update; gradients are zero after it. `step` counts from 1.
    ///
    /// - Parameter updated: called when all parameters are updated, their gradients still there.
    package func update(learningRate: Double, step: Int, updated: () -> Void = {}) {
        for (parameter, moment) in zip(parameters, moments) {
            Kernels.adamW(
                parameter: parameter.value, gradient: parameter.gradient, m: moment.m, v: moment.v,
                learningRate: parameter.isRaised ? ratio * learningRate : learningRate, beta1: 0.9, beta2: 0.999,
                epsilon: 1e-8,
                weightDecay: parameter.decays ? Double(weightDecay) : 0, step: step)
        }
        updated()
        for parameter in parameters { parameter.gradient.fill(0) }
    }
}
