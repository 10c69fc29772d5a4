import CKernels
import Foundation

extension Kernels {
    /// One AdamW step in PyTorch's order of operations: decay, moments m and v, update.
    ///
    /// https://arxiv.org/abs/1711.05101; `step` counts from 1.
    package static func adamW(
        parameter: Matrix, gradient: Matrix, m: Matrix, v: Matrix, learningRate: Float, beta1: Float, beta2: Float,
        epsilon: Float, weightDecay: Float, step: Int
    ) {
        precondition(parameter.stride == parameter.columns, "optimizer state is contiguous")
        ck_adamw(
            parameter.start, gradient.start, m.start, v.start, parameter.rows * parameter.columns, learningRate, beta1,
            beta2, epsilon, weightDecay, 1 - pow(Double(beta1), Double(step)), 1 - pow(Double(beta2), Double(step)))
    }
}
