import CKernels

extension Kernels {
    /// x becomes c·tanh(x/c), elementwise, float32. https://arxiv.org/abs/2408.00118
    package static func softCap(_ x: Matrix, cap: Float) {
        measuredRows(x, "soft cap, forward", with: x, cap) { rows, x, cap in
            ck_soft_cap(x.pointer(row: rows.lowerBound), x.stride, rows.count, x.columns, cap)
        }
    }

    /// The gradient of y = c·tanh(x/c) becomes that of x: d ⊙= 1 − (y/c)². d is of either dtype.
    package static func softCapBackward(_ y: Matrix, cap: Float, into d: Matrix) {
        y.requireShape(of: d, "a soft cap's backward")
        d.requireDisjoint(from: y, "a soft cap's gradient")
        measuredRows(y, "soft cap, backward", with: y, d, cap) { rows, y, d, cap in
            let first = rows.lowerBound
            ck_soft_cap_backward(
                y.pointer(row: first), y.stride, d.memory(row: first), d.stride, rows.count, y.columns, cap,
                d.dtype.kernel)
        }
    }
}
