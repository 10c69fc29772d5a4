import Tensors

/// What a feed-forward layer makes of its first product.
package enum FeedForwardKind: Sendable, Equatable {
    /// h = f(u)
    case plain(ActivationFunction)
    /// h = silu(g) ⊙ u, with g and u side by side: https://arxiv.org/abs/2002.05202
    case swiGLU
}

/// Feed-forward layer, residual included:
///
///     n = norm(x)                  [T, d], x itself without a norm
///     u = n·W_upᵀ + b_up           [T, f], or gate and up, [T, 2f]
///     h = activation(u)            [T, f]
///     y = x + h·W_downᵀ + b_down   [T, d]
package final class FeedForward {
    package let norm: (any Norm)?
    /// Up, or gate and up.
    package let up: ProjectionGroup
    package let down: ProjectionGroup
    private let kind: FeedForwardKind
    private let activation: DType

    /// What backward needs of a forward pass. h is computed again where an adapter reads it.
    package struct Kept {
        let x: Matrix
        let statistics: Matrix?
        let u: Matrix
        let projected: [[Matrix]]
        let downKept: [[Matrix]]
    }

    /// - Parameter activation: dtype of what the projections read.
    package init(
        norm: (any Norm)?, up: ProjectionGroup, down: ProjectionGroup, kind: FeedForwardKind, activation: DType
    ) {
        self.norm = norm
        self.up = up
        self.down = down
        self.kind = kind
        self.activation = activation
    }

    package var hasAdapter: Bool { up.hasAdapter || down.hasAdapter }

    /// y = x + MLP(x), in place where `y` is nil.
    package func forward(_ x: Matrix, into y: Matrix?, pass: Pass) -> Kept {
        project(x, pass: pass) { u, scratch in
            down.forward(hidden(u, scratch: scratch), adding: x, into: y ?? x, pass: pass)
        }
    }

    /// What `forward` keeps, without its result where no adapter reads what leads to it.
    package func recompute(_ x: Matrix, pass: Pass) -> Kept {
        project(x, pass: pass) { u, scratch in
            guard down.hasAdapter else { return [] }
            let unused = scratch.matrix(x.rows, x.columns)
            return down.forward(hidden(u, scratch: scratch), adding: x, into: unused, pass: pass)
        }
    }

    /// Norm and up; `finish` takes u and returns what the down projection keeps.
    private func project(_ x: Matrix, pass: Pass, finish: (Matrix, Arena) -> [[Matrix]]) -> Kept {
        let statistics = norm.map { pass.kept.matrix(x.rows, $0.statisticsCount) }
        let u = pass.kept.matrix(x.rows, up.outputs, activation)
        return pass.withScratch { scratch in
            let n = norm.normalised(x, statistics: statistics, activation, scratch: scratch)
            let projected = up.forward(n, into: u, pass: pass)
            let downKept = finish(u, scratch)
            return Kept(x: x, statistics: statistics, u: u, projected: projected, downKept: downKept)
        }
    }

    /// Accumulates the adapters' gradients; `dx`, which holds ∂L/∂y on entry, holds ∂L/∂x after, unless
    /// `needsInputGradient` is false.
    package func backward(into dx: Matrix, kept: Kept, needsInputGradient: Bool, pass: Pass) {
        pass.withScratch { scratch in
            let h = down.hasAdapter ? hidden(kept.u, scratch: scratch) : nil
            guard needsInputGradient || up.hasAdapter else {
                down.backward(dx, x: h, kept: kept.downKept, into: nil, pass: pass)
                return
            }
            let dh = scratch.matrix(dx.rows, down.inputs, activation)
            down.backward(dx, x: h, kept: kept.downKept, into: dh, pass: pass)
            let du = scratch.matrix(dx.rows, up.outputs, activation)
            hiddenBackward(dh, u: kept.u, into: du)

            let n =
                up.hasAdapter
                ? norm.normalised(kept.x, statistics: kept.statistics, activation, scratch: scratch) : nil
            guard needsInputGradient else {
                up.backward(du, x: n, kept: kept.projected, into: nil, pass: pass)
                return
            }
            let dn = scratch.matrix(dx.rows, dx.columns)
            up.backward(du, x: n, kept: kept.projected, into: dn, pass: pass)
            norm.backward(dn, x: kept.x, statistics: kept.statistics, into: dx)
        }
    }

    /// h, `[T, f]`.
    private func hidden(_ u: Matrix, scratch: Arena) -> Matrix {
        let h = scratch.matrix(u.rows, down.inputs, activation)
        switch kind {
        case .plain(let function): Kernels.activationForward(function, u, into: h)
        case .swiGLU:
            let (gate, up) = halves(u)
            Kernels.swiGLUForward(gate: gate, up: up, into: h)
        }
        return h
    }

    private func hiddenBackward(_ dh: Matrix, u: Matrix, into du: Matrix) {
        switch kind {
        case .plain(let function): Kernels.activationBackward(function, dh, x: u, into: du)
        case .swiGLU:
            let (gate, up) = halves(u)
            let (dGate, dUp) = halves(du)
            Kernels.swiGLUBackward(dh, gate: gate, up: up, dGate: dGate, dUp: dUp)
        }
    }

    private func halves(_ u: Matrix) -> (gate: Matrix, up: Matrix) {
        let half = u.columns / 2
        return (u.columns(0..<half), u.columns(half..<u.columns))
    }
}
