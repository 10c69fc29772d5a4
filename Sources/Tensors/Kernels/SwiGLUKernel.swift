import CKernels

extension Kernels {
    /// h = silu(g) ⊙ u, all `[T, f]` and of one dtype, either. https://arxiv.org/abs/2002.05202
    package static func swiGLUForward(gate: Matrix, up: Matrix, into h: Matrix) {
        gate.requireShape(of: h, "SwiGLU's gate")
        up.requireShape(of: h, "SwiGLU's up")
        precondition(gate.dtype == h.dtype && up.dtype == h.dtype, "SwiGLU's dtype")
        measuredRows(h, "SwiGLU, forward") { rows in
            let first = rows.lowerBound
            ck_swiglu_forward(
                gate.memory(row: first), gate.stride, up.memory(row: first), up.stride, h.memory(row: first),
                h.stride, rows.count, h.columns, h.half)
        }
    }

    /// dg = dh ⊙ u ⊙ silu′(g), du = dh ⊙ silu(g); assigns.
    package static func swiGLUBackward(_ dh: Matrix, gate: Matrix, up: Matrix, dGate: Matrix, dUp: Matrix) {
        for matrix in [gate, up, dGate, dUp] { matrix.requireShape(of: dh, "SwiGLU's backward") }
        precondition([gate, up, dGate, dUp].allSatisfy { $0.dtype == dh.dtype }, "SwiGLU's dtype")
        measuredRows(dh, "SwiGLU, backward") { rows in
            let first = rows.lowerBound
            ck_swiglu_backward(
                dh.memory(row: first), dh.stride, gate.memory(row: first), gate.stride, up.memory(row: first),
                up.stride, dGate.memory(row: first), dGate.stride, dUp.memory(row: first), dUp.stride, rows.count,
                dh.columns, dh.half)
        }
    }
}
