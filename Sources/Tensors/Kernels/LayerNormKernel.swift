import CKernels

extension Kernels {
    /// y = (x − μ)·r ⊙ w + b, r = 1/√(variance + ε): x, y `[T, d]`, w, b `[1, d]`, μ and r in `statistics` `[T, 2]`; y
    /// of either dtype. https://arxiv.org/abs/1607.06450
    package static func layerNormForward(
        _ x: Matrix, weight: Matrix, bias: Matrix, epsilon: Float, into y: Matrix, statistics: Matrix
    ) {
        y.requireShape(of: x, "LayerNorm's output")
        requireLayerNormShapes(x, weight: weight, statistics: statistics)
        precondition(bias.columns == x.columns, "LayerNorm's bias")
        measuredRows(
            x, "LayerNorm, forward", with: x, weight, bias, epsilon, y, statistics
        ) { rows, x, weight, bias, epsilon, y, statistics in
            let first = rows.lowerBound
            ck_layer_norm_forward(
                x.pointer(row: first), x.stride, weight.start, bias.start, epsilon, y.memory(row: first), y.stride,
                y.dtype.kernel, statistics.pointer(row: first), statistics.stride, rows.count, x.columns)
        }
    }

    /// With x̂ = (x − μ)·r and g = w ⊙ dy: dx (+)= r·(g − mean(g) − x̂·mean(g ⊙ x̂)); the gradients of weight and bias
    /// are `layerNormGradients`'. dx may be dy if it is assigned.
    package static func layerNormBackward(
        _ dy: Matrix, x: Matrix, weight: Matrix, statistics: Matrix, into dx: Matrix, accumulate: Bool
    ) {
        dy.requireShape(of: x, "LayerNorm's backward")
        dx.requireShape(of: x, "LayerNorm's backward")
        if accumulate {
            dx.requireDisjoint(from: dy, "LayerNorm's dx")
        } else {
            dx.requireSameOrDisjoint(dy, "LayerNorm's dx")
        }
        dx.requireDisjoint(from: x, "LayerNorm's dx")
        requireLayerNormShapes(x, weight: weight, statistics: statistics)
        measuredRows(
            x, "LayerNorm, backward", with: dy, x, weight, statistics, dx, accumulate
        ) { rows, dy, x, weight, statistics, dx, accumulate in
            let first = rows.lowerBound
            ck_layer_norm_backward(
                dy.pointer(row: first), dy.stride, x.pointer(row: first), x.stride, weight.start,
                statistics.pointer(row: first), statistics.stride, dx.pointer(row: first), dx.stride, rows.count,
                x.columns, ck_write(accumulate: accumulate))
        }
    }

    /// dw `[1, d]` += Σ_t dy ⊙ (x − μ)·r and db `[1, d]` += Σ_t dy, each unless it is nil.
    package static func layerNormGradients(
        _ dy: Matrix, x: Matrix, statistics: Matrix, weight dw: Matrix?, bias db: Matrix?
    ) {
        dy.requireShape(of: x, "LayerNorm's gradients")
        for gradient in [dw, db].compactMap(\.self) {
            precondition(gradient.rows == 1 && gradient.columns == x.columns, "LayerNorm's gradients")
        }
        KernelClock.measure("LayerNorm, weight and bias") {
            overColumns(x, with: dy, x, statistics, dw, db) { columns, dy, x, statistics, dw, db in
                let first = columns.lowerBound
                ck_layer_norm_gradients(
                    dy.start + first, dy.stride, x.start + first, x.stride, statistics.start, statistics.stride,
                    dw.map { $0.start + first }, db.map { $0.start + first }, x.rows, columns.count)
            }
        }
    }

    private static func requireLayerNormShapes(_ x: Matrix, weight: Matrix, statistics: Matrix) {
        precondition(weight.columns == x.columns, "LayerNorm's weight")
        precondition(statistics.rows == x.rows && statistics.columns == 2, "LayerNorm's statistics")
    }
}
