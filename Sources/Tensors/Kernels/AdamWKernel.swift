import CKernels

extension Kernels {
    /// One AdamW step in PyTorch's order of operations: decay, moments m and v, update.
    ///
    /// https://arxiv.org/abs/1711.05101; `step` counts from 1. All four matrices are of one shape; all but the
    /// parameter, which may be a part of a larger matrix, are contiguous.
    package static func adamW(
        parameter: Matrix, gradient: Matrix, m: Matrix, v: Matrix, learningRate: Double, beta1: Double, beta2: Double,
        epsilon: Double, weightDecay: Double, step: Int
    ) {
        requireState(gradient, of: parameter)
        requireState(m, of: parameter)
        requireState(v, of: parameter)
        measuredRows(
            parameter, "AdamW", with: parameter, gradient, m, v, learningRate, beta1, beta2, epsilon, weightDecay, step
        ) { rows, parameter, gradient, m, v, learningRate, beta1, beta2, epsilon, weightDecay, step in
            let isContiguous = parameter.stride == parameter.columns
            for first in isContiguous ? rows.lowerBound..<(rows.lowerBound + 1) : rows {
                ck_adamw(
                    parameter.pointer(row: first), gradient.pointer(row: first), m.pointer(row: first),
                    v.pointer(row: first), (isContiguous ? rows.count : 1) * parameter.columns, learningRate, beta1,
                    beta2, epsilon, weightDecay, UInt64(step))
            }
        }
    }

    private static func requireState(_ state: Matrix, of parameter: Matrix) {
        state.requireShape(of: parameter, "a parameter's state")
        precondition(state.stride == state.columns || state.rows == 1, "optimizer state is contiguous")
    }
}
