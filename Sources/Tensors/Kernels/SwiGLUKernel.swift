import CKernels

extension Kernels {
    /// h = silu(g) ⊙ u, all `[T, f]` and of one dtype, either. https://arxiv.org/abs/2002.05202
    package static func swiGLUForward(gate: Matrix, up: Matrix, into h: Matrix) {
        gate.requireShape(of: h, "SwiGLU's gate")
        up.requireShape(of: h, "SwiGLU's up")
        precondition(gate.dtype == h.dtype && up.dtype == h.dtype, "SwiGLU's dtype")
        measuredRows(h, "SwiGLU, forward", with: gate, up, h) { rows, gate, up, h in
            let first = rows.lowerBound
            ck_swiglu_forward(
                gate.memory(row: first), gate.stride, up.memory(row: first), up.stride, h.memory(row: first),
                h.stride, rows.count, h.columns, h.dtype.kernel)
        }
    }

    /// dg = dh ⊙ u ⊙ silu′(g), du = dh ⊙ silu(g); assigns.
    package static func swiGLUBackward(_ dh: Matrix, gate: Matrix, up: Matrix, dGate: Matrix, dUp: Matrix) {
        gate.requireShape(of: dh, "SwiGLU's backward")
        up.requireShape(of: dh, "SwiGLU's backward")
        dGate.requireShape(of: dh, "SwiGLU's backward")
        dUp.requireShape(of: dh, "SwiGLU's backward")
        requireGatedMemory(dh, gate: gate, up: up, dGate: dGate, dUp: dUp)
        precondition(
            gate.dtype == dh.dtype && up.dtype == dh.dtype && dGate.dtype == dh.dtype && dUp.dtype == dh.dtype,
            "SwiGLU's dtype")
        measuredRows(dh, "SwiGLU, backward", with: dh, gate, up, dGate, dUp) { rows, dh, gate, up, dGate, dUp in
            let first = rows.lowerBound
            ck_swiglu_backward(
                dh.memory(row: first), dh.stride, gate.memory(row: first), gate.stride, up.memory(row: first),
                up.stride, dGate.memory(row: first), dGate.stride, dUp.memory(row: first), dUp.stride, rows.count,
                dh.columns, dh.dtype.kernel)
        }
    }
}
