import Tensors

/// Pre-norm SwiGLU feed-forward layer, residual included:
///
///     n = RMSNorm(x)                    [T, d]
///     g, u = n·W_gateᵀ, n·W_upᵀ         [T, f] each
///     y = x + (silu(g) ⊙ u)·W_downᵀ     [T, d]
///
/// https://arxiv.org/abs/2002.05202
package final class GatedMLP {
    package let norm: RMSNorm
    package let gateUp: ProjectionGroup
    package let down: ProjectionGroup
    private let activation: DType

    /// What backward needs of a forward pass. silu(g) ⊙ u is computed again where an adapter reads it.
    package struct Kept {
        let x: Matrix
        let inverseRMS: Matrix
        let gateUp: Matrix
        let projected: [[Matrix]]
        let downKept: [[Matrix]]
    }

    /// - Parameter activation: dtype of what the projections read.
    package init(norm: RMSNorm, gateUp: ProjectionGroup, down: ProjectionGroup, activation: DType) {
        self.norm = norm
        self.gateUp = gateUp
        self.down = down
        self.activation = activation
    }

    package var hasAdapter: Bool { gateUp.hasAdapter || down.hasAdapter }

    /// y = x + MLP(x), in place where `y` is nil.
    package func forward(_ x: Matrix, into y: Matrix?, pass: Pass) -> Kept {
        project(x, pass: pass) { mixed, scratch in
            down.forward(hidden(mixed, scratch: scratch), adding: x, into: y ?? x, pass: pass)
        }
    }

    /// What `forward` keeps, without its result where no adapter reads what leads to it.
    package func recompute(_ x: Matrix, pass: Pass) -> Kept {
        project(x, pass: pass) { mixed, scratch in
            guard down.hasAdapter else { return [] }
            let unused = scratch.matrix(x.rows, x.columns)
            return down.forward(hidden(mixed, scratch: scratch), adding: x, into: unused, pass: pass)
        }
    }

    /// Norm, gate and up; `finish` takes g and u side by side and returns what the down projection keeps.
    private func project(_ x: Matrix, pass: Pass, finish: (Matrix, Arena) -> [[Matrix]]) -> Kept {
        let inverseRMS = pass.kept.matrix(x.rows, 1)
        let mixed = pass.kept.matrix(x.rows, gateUp.outputs, activation)
        return pass.withScratch { scratch in
            let n = scratch.matrix(x.rows, x.columns, activation)
            norm.forward(x, into: n, inverseRMS: inverseRMS)
            let projected = gateUp.forward(n, into: mixed, pass: pass)
            let downKept = finish(mixed, scratch)
            return Kept(x: x, inverseRMS: inverseRMS, gateUp: mixed, projected: projected, downKept: downKept)
        }
    }

    /// Accumulates the adapters' gradients; `dx`, which holds ∂L/∂y on entry, holds ∂L/∂x after, unless
    /// `needsInputGradient` is false.
    package func backward(into dx: Matrix, kept: Kept, needsInputGradient: Bool, pass: Pass) {
        pass.withScratch { scratch in
            let h = down.hasAdapter ? hidden(kept.gateUp, scratch: scratch) : nil
            guard needsInputGradient || gateUp.hasAdapter else {
                down.backward(dx, x: h, kept: kept.downKept, into: nil, pass: pass)
                return
            }
            let dh = scratch.matrix(dx.rows, down.inputs, activation)
            down.backward(dx, x: h, kept: kept.downKept, into: dh, pass: pass)
            let dMixed = scratch.matrix(dx.rows, gateUp.outputs, activation)
            Kernels.swiGLUBackward(
                dh, gate: kept.gateUp.columns(gateUp.columns[0]), up: kept.gateUp.columns(gateUp.columns[1]),
                dGate: dMixed.columns(gateUp.columns[0]), dUp: dMixed.columns(gateUp.columns[1]))

            let n = gateUp.hasAdapter ? scratch.matrix(dx.rows, dx.columns, activation) : nil
            if let n { norm.recompute(kept.x, inverseRMS: kept.inverseRMS, into: n) }
            let dn = needsInputGradient ? scratch.matrix(dx.rows, dx.columns) : nil
            gateUp.backward(dMixed, x: n, kept: kept.projected, into: dn, pass: pass)
            if let dn { norm.backward(dn, x: kept.x, inverseRMS: kept.inverseRMS, into: dx) }
        }
    }

    /// silu(g) ⊙ u, `[T, f]`.
    private func hidden(_ gateUp: Matrix, scratch: Arena) -> Matrix {
        let columns = self.gateUp.columns
        let h = scratch.matrix(gateUp.rows, columns[0].count, activation)
        Kernels.swiGLUForward(gate: gateUp.columns(columns[0]), up: gateUp.columns(columns[1]), into: h)
        return h
    }
}
