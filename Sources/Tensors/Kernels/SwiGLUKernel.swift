import CKernels

extension Kernels {
    /// h = silu(g) ⊙ u, all `[T, f]`. https://arxiv.org/abs/2002.05202
    package static func swiGLUForward(gate: Matrix, up: Matrix, into h: Matrix) {
        gate.requireShape(of: h, "SwiGLU's gate")
        up.requireShape(of: h, "SwiGLU's up")
        overRows(h) { rows in
            let first = rows.lowerBound
            ck_swiglu_forward(
                gate.pointer(row: first), gate.stride, up.pointer(row: first), up.stride, h.pointer(row: first),
                h.stride, rows.count, h.columns)
        }
    }

    /// dg = dh ⊙ u ⊙ silu′(g), du = dh ⊙ silu(g); assigns.
    package static func swiGLUBackward(_ dh: Matrix, gate: Matrix, up: Matrix, dGate: Matrix, dUp: Matrix) {
        for matrix in [gate, up, dGate, dUp] { matrix.requireShape(of: dh, "SwiGLU's backward") }
        overRows(dh) { rows in
            let first = rows.lowerBound
            ck_swiglu_backward(
                dh.pointer(row: first), dh.stride, gate.pointer(row: first), gate.stride, up.pointer(row: first),
                up.stride, dGate.pointer(row: first), dGate.stride, dUp.pointer(row: first), dUp.stride, rows.count,
                dh.columns)
        }
    }
}
