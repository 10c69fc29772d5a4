import CKernels

extension Kernels {
    /// h = f(g) ⊙ u, all `[T, f]` and of one dtype, either. https://arxiv.org/abs/2002.05202
    package static func gatedForward(_ function: ActivationFunction, gate: Matrix, up: Matrix, into h: Matrix) {
        guard function != .silu else { return swiGLUForward(gate: gate, up: up, into: h) }
        gate.requireShape(of: h, "a gated activation's gate")
        up.requireShape(of: h, "a gated activation's up")
        precondition(gate.dtype == h.dtype && up.dtype == h.dtype, "a gated activation's dtype")
        measuredRows(h, "gated activation, forward", with: function, gate, up, h) { rows, function, gate, up, h in
            let first = rows.lowerBound
            ck_gated_forward(
                function.kernel, gate.memory(row: first), gate.stride, up.memory(row: first), up.stride,
                h.memory(row: first), h.stride, rows.count, h.columns, h.dtype.kernel)
        }
    }

    /// dg = dh ⊙ u ⊙ f′(g), du = dh ⊙ f(g); assigns.
    package static func gatedBackward(
        _ function: ActivationFunction, _ dh: Matrix, gate: Matrix, up: Matrix, dGate: Matrix, dUp: Matrix
    ) {
        guard function != .silu else { return swiGLUBackward(dh, gate: gate, up: up, dGate: dGate, dUp: dUp) }
        gate.requireShape(of: dh, "a gated activation's backward")
        up.requireShape(of: dh, "a gated activation's backward")
        dGate.requireShape(of: dh, "a gated activation's backward")
        dUp.requireShape(of: dh, "a gated activation's backward")
        requireGatedMemory(dh, gate: gate, up: up, dGate: dGate, dUp: dUp)
        precondition(
            gate.dtype == dh.dtype && up.dtype == dh.dtype && dGate.dtype == dh.dtype && dUp.dtype == dh.dtype,
            "a gated activation's dtype")
        measuredRows(
            dh, "gated activation, backward", with: function, dh, gate, up, dGate, dUp
        ) { rows, function, dh, gate, up, dGate, dUp in
            let first = rows.lowerBound
            ck_gated_backward(
                function.kernel, dh.memory(row: first), dh.stride, gate.memory(row: first), gate.stride,
                up.memory(row: first), up.stride, dGate.memory(row: first), dGate.stride, dUp.memory(row: first),
                dUp.stride, rows.count, dh.columns, dh.dtype.kernel)
        }
    }

    /// Either gradient may be one of the inputs.
    static func requireGatedMemory(_ dh: Matrix, gate: Matrix, up: Matrix, dGate: Matrix, dUp: Matrix) {
        dGate.requireSameOrDisjoint(dh, "a gate's gradient")
        dGate.requireSameOrDisjoint(gate, "a gate's gradient")
        dGate.requireSameOrDisjoint(up, "a gate's gradient")
        dUp.requireSameOrDisjoint(dh, "an up projection's gradient")
        dUp.requireSameOrDisjoint(gate, "an up projection's gradient")
        dUp.requireSameOrDisjoint(up, "an up projection's gradient")
        dGate.requireDisjoint(from: dUp, "a gate's gradient")
    }
}
