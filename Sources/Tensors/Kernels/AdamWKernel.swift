import CKernels

extension Kernels {
    /// One AdamW step in PyTorch's order of operations: decay, moments m and v, update.
    ///
    /// https://arxiv.org/abs/1711.05101; `step` counts from 1. All four matrices are contiguous and of one shape.
    package static func adamW(
        parameter: Matrix, gradient: Matrix, m: Matrix, v: Matrix, learningRate: Double, beta1: Double, beta2: Double,
        epsilon: Double, weightDecay: Double, step: Int
    ) {
        for matrix in [parameter, gradient, m, v] {
            precondition(matrix.rows == parameter.rows && matrix.columns == parameter.columns, "shapes of a parameter")
            precondition(matrix.stride == matrix.columns, "optimizer state is contiguous")
        }
        measuredRows(parameter, "AdamW") { rows in
            let first = rows.lowerBound
            ck_adamw(
                parameter.pointer(row: first), gradient.pointer(row: first), m.pointer(row: first),
                v.pointer(row: first), rows.count * parameter.columns, learningRate, beta1, beta2, epsilon,
                weightDecay, UInt64(step))
        }
    }
}
