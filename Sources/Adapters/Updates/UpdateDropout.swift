import Tensors
import Transformers

/// Dropout on what one module's update reads, while training.
package struct UpdateDropout {
    let probability: Float
    /// The stream that the module's masks come from.
    let random: Philox

    var isOn: Bool { probability > 0 }

    /// Whether something is dropped in this pass.
    func drops(in pass: Pass) -> Bool { isOn && pass.isTraining }

    /// x̃; x itself where nothing is dropped.
    func apply(_ x: Matrix, scratch: Arena, pass: Pass) -> Matrix {
        guard let mask = mask(pass, columns: x.columns) else { return x }
        let result = scratch.matrix(x.rows, x.columns, x.dtype)
        Kernels.dropout(
            x, into: result, probability: probability, random: random, step: mask.step,
            firstPosition: mask.firstPosition)
        return result
    }

    /// dx += the gradient through the mask of dx̃.
    func backward(_ dDropped: Matrix, into dx: Matrix, pass: Pass) {
        guard let mask = mask(pass, columns: dx.columns) else { return Kernels.add(dDropped, into: dx) }
        Kernels.dropoutBackward(
            dDropped, into: dx, probability: probability, random: random, step: mask.step,
            firstPosition: mask.firstPosition)
    }

    /// Where in the random stream this pass's mask starts; nil where nothing is dropped.
    private func mask(_ pass: Pass, columns: Int) -> (step: UInt64, firstPosition: UInt64)? {
        guard isOn, case .training(let step, let firstRow) = pass.mode else { return nil }
        return (step, UInt64(firstRow * columns))
    }
}
