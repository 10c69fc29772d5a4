import CKernels

/// What a feed-forward layer applies to every element.
package enum ActivationFunction: String, Sendable, CaseIterable {
    /// max(x, 0)
    case relu
    /// x·Φ(x), Φ the normal distribution function. https://arxiv.org/abs/1606.08415
    case gelu
    /// Its approximation x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))).
    case geluTanh
    /// x/(1 + exp(−x))
    case silu
    case tanh

    var kernel: ck_activation {
        switch self {
        case .relu: CK_RELU
        case .gelu: CK_GELU
        case .geluTanh: CK_GELU_TANH
        case .silu: CK_SILU
        case .tanh: CK_TANH
        }
    }
}

extension Kernels {
    /// y = f(x), both `[T, f]` and of one dtype, either.
    package static func activationForward(_ function: ActivationFunction, _ x: Matrix, into y: Matrix) {
        x.requireShape(of: y, "an activation")
        precondition(x.dtype == y.dtype, "an activation's dtype")
        measuredRows(x, "activation, forward", with: function, x, y) { rows, function, x, y in
            let first = rows.lowerBound
            ck_activation_forward(
                function.kernel, x.memory(row: first), x.stride, y.memory(row: first), y.stride, rows.count, x.columns,
                x.dtype.kernel)
        }
    }

    /// dx = dy ⊙ f′(x), all of one dtype; dx may be dy itself.
    package static func activationBackward(
        _ function: ActivationFunction, _ dy: Matrix, x: Matrix, into dx: Matrix
    ) {
        dy.requireShape(of: x, "an activation's backward")
        dx.requireShape(of: x, "an activation's backward")
        dx.requireSameOrDisjoint(dy, "an activation's dx")
        dx.requireSameOrDisjoint(x, "an activation's dx")
        precondition(dy.dtype == x.dtype && dx.dtype == x.dtype, "an activation's dtype")
        measuredRows(x, "activation, backward", with: function, dy, x, dx) { rows, function, dy, x, dx in
            let first = rows.lowerBound
            ck_activation_backward(
                function.kernel, dy.memory(row: first), dy.stride, x.memory(row: first), x.stride,
                dx.memory(row: first), dx.stride, rows.count, x.columns, x.dtype.kernel)
        }
    }
}
