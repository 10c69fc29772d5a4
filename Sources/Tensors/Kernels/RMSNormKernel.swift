import CKernels

extension Kernels {
    /// y = x·r ⊙ w, r = 1/√(mean(x²) + ε): x, y `[T, d]`, w `[1, d]`, r `[T, 1]`; y of either
    /// dtype. https://arxiv.org/abs/1910.07467
    package static func rmsNormForward(
        _ x: Matrix, weight: Matrix, epsilon: Float, into y: Matrix, inverseRMS: Matrix
    ) {
        y.requireShape(of: x, "RMSNorm's output")
        precondition(weight.columns == x.columns && inverseRMS.rows == x.rows, "RMSNorm's weight and inverse RMS")
        measuredRows(
            x, "RMSNorm, forward", with: x, weight, epsilon, y, inverseRMS
        ) { rows, x, weight, epsilon, y, inverseRMS in
            let first = rows.lowerBound
            ck_rms_norm_forward(
                x.pointer(row: first), x.stride, weight.start, epsilon, y.memory(row: first), y.stride, y.dtype.kernel,
                inverseRMS.pointer(row: first), inverseRMS.stride, rows.count, x.columns)
        }
    }

    /// dx (+)= r·(w ⊙ dy) − x·r³/d·Σ(w ⊙ dy ⊙ x); the weight's gradient is `rmsNormWeightGradient`'s. dx may be dy if it
    /// is assigned.
    package static func rmsNormBackward(
        _ dy: Matrix, x: Matrix, weight: Matrix, inverseRMS: Matrix, into dx: Matrix, accumulate: Bool
    ) {
        dy.requireShape(of: x, "RMSNorm's backward")
        dx.requireShape(of: x, "RMSNorm's backward")
        if accumulate {
            dx.requireDisjoint(from: dy, "RMSNorm's dx")
        } else {
            dx.requireSameOrDisjoint(dy, "RMSNorm's dx")
        }
        dx.requireDisjoint(from: x, "RMSNorm's dx")
        precondition(weight.columns == x.columns && inverseRMS.rows == x.rows, "RMSNorm's weight and inverse RMS")
        measuredRows(
            x, "RMSNorm, backward", with: dy, x, weight, inverseRMS, dx, accumulate
        ) { rows, dy, x, weight, inverseRMS, dx, accumulate in
            let first = rows.lowerBound
            ck_rms_norm_backward(
                dy.pointer(row: first), dy.stride, x.pointer(row: first), x.stride, weight.start,
                inverseRMS.pointer(row: first), inverseRMS.stride, dx.pointer(row: first), dx.stride, rows.count,
                x.columns, ck_write(accumulate: accumulate))
        }
    }

    /// dw `[1, d]` += Σ_t dy ⊙ x·r.
    package static func rmsNormWeightGradient(_ dy: Matrix, x: Matrix, inverseRMS: Matrix, into dw: Matrix) {
        dy.requireShape(of: x, "RMSNorm's weight gradient")
        precondition(dw.rows == 1 && dw.columns == x.columns && inverseRMS.rows == x.rows, "RMSNorm's weight gradient")
        KernelClock.measure("RMSNorm, weight") {
            overColumns(x, with: dy, x, inverseRMS, dw) { columns, dy, x, inverseRMS, dw in
                let first = columns.lowerBound
                ck_rms_norm_gradient(
                    dy.start + first, dy.stride, x.start + first, x.stride, inverseRMS.start, inverseRMS.stride,
                    dw.start + first, x.rows, columns.count)
            }
        }
    }
}
