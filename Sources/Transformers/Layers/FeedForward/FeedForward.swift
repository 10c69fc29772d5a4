import Tensors

/// What a feed-forward layer makes of its first product.
package enum FeedForwardKind: Sendable, Equatable {
    /// h = f(u)
    case plain(ActivationFunction)
    /// h = f(g) ⊙ u, with g and u side by side: https://arxiv.org/abs/2002.05202
    case gated(ActivationFunction)

    package static let swiGLU = FeedForwardKind.gated(.silu)
}

/// Feed-forward layer, residual included:
///
///     n = norm(x)                  [T, d], x itself without a norm
///     u = n·W_upᵀ + b_up           [T, f], or gate and up, [T, 2f]
///     h = activation(u)            [T, f]
///     y = x + h·W_downᵀ + b_down   [T, d], see `ResidualProjection`
package final class FeedForward {
    package let norm: (any Norm)?
    /// Up, or gate and up.
    package let up: ProjectionGroup
    private let residual: ResidualProjection
    private let kind: FeedForwardKind
    private let activation: DType

    /// What backward needs of a forward pass. h is computed again where what is trained reads it.
    package struct Saved {
        let x: Matrix
        let statistics: Matrix?
        let u: Matrix
        let projected: ProjectionGroup.Saved
        let down: ResidualProjection.Saved
    }

    /// - Parameters:
    ///   - outputNorm: of what is added to x.
    ///   - activation: dtype of what the projections read.
    package init(
        norm: (any Norm)?, up: ProjectionGroup, down: ProjectionGroup, kind: FeedForwardKind,
        outputNorm: (any Norm)? = nil, activation: DType
    ) {
        self.norm = norm
        self.up = up
        residual = ResidualProjection(down, norm: outputNorm, kind: .feedForward)
        self.kind = kind
        self.activation = activation
    }

    package var down: ProjectionGroup { residual.group }
    package var hasAdapter: Bool { up.hasAdapter || residual.hasAdapter }
    package var parameterSlots: [ParameterSlot] {
        norm.parameterSlots + up.parameterSlots + residual.parameterSlots
    }
    /// Of what the layer adds to the residual.
    package var sublayerSlot: SublayerSlot { residual.slot }

    /// y = r + MLP(x) with the residual r, which is x where nil; in place of it where `y` is nil.
    package func forward(_ x: Matrix, adding r: Matrix? = nil, into y: Matrix?, pass: Pass) -> Saved {
        let r = r ?? x
        return project(x, pass: pass) { u, scratch in
            residual.forward(hidden(u, scratch: scratch), adding: r, into: y ?? r, pass: pass)
        }
    }

    /// x becomes x + MLP(x), keeping nothing: in blocks of rows, whose wide matrices stay in the cache.
    package func infer(_ x: Matrix, pass: Pass) {
        let blocks = max(1, (x.rows + Self.inferenceRows / 2) / Self.inferenceRows)
        for block in 0..<blocks {
            let mark = pass.saved.mark()
            defer { pass.saved.release(to: mark) }
            let rows = x.rows((x.rows * block / blocks)..<(x.rows * (block + 1) / blocks))
            _ = forward(rows, into: nil, pass: pass)
        }
    }

    private static let inferenceRows = 1024

    /// What `forward` keeps, without its result where no adapter reads what leads to it.
    package func recompute(_ x: Matrix, pass: Pass) -> Saved {
        project(x, pass: pass) { u, scratch in
            guard residual.keepsOutput else {
                return ResidualProjection.Saved(projected: nil, unnormalised: nil, adapted: nil)
            }
            let unused = scratch.matrix(x.rows, x.columns)
            return residual.forward(hidden(u, scratch: scratch), adding: x, into: unused, pass: pass)
        }
    }

    /// Norm and up; `finish` takes u and returns what the down projection keeps.
    private func project(
        _ x: Matrix, pass: Pass, finish: (Matrix, Arena) -> ResidualProjection.Saved
    ) -> Saved {
        let statistics = norm.map { pass.saved.matrix(x.rows, $0.statisticsCount) }
        let u = pass.saved.matrix(x.rows, up.outputs, activation)
        return pass.withScratch { scratch in
            let n = norm.normalised(x, statistics: statistics, activation, scratch: scratch)
            let projected = up.forward(n, into: u, pass: pass)
            let down = finish(u, scratch)
            return Saved(x: x, statistics: statistics, u: u, projected: projected, down: down)
        }
    }

    /// Accumulates the adapters' gradients; `dx`, which holds the residual's share of ∂L/∂x on entry, gains the layer's
    /// unless `needsInputGradient` is false.
    ///
    /// - Parameter dy: ∂L/∂y; `dx` itself where nil.
    package func backward(
        _ dy: Matrix? = nil, into dx: Matrix, saved: Saved, needsInputGradient: Bool, pass: Pass
    ) {
        let dy = dy ?? dx
        pass.withScratch { scratch in
            let h = down.readsInput ? hidden(saved.u, scratch: scratch) : nil
            guard needsInputGradient || up.hasAdapter else {
                residual.backward(dy, h: h, saved: saved.down, into: nil, pass: pass)
                return
            }
            let dh = scratch.matrix(dx.rows, down.inputs, activation)
            residual.backward(dy, h: h, saved: saved.down, into: dh, pass: pass)
            let du = scratch.matrix(dx.rows, up.outputs, activation)
            hiddenBackward(dh, u: saved.u, into: du)

            let n =
                up.readsInput
                ? norm.normalised(saved.x, statistics: saved.statistics, activation, scratch: scratch) : nil
            guard needsInputGradient else {
                up.backward(du, x: n, saved: saved.projected, into: nil, pass: pass)
                return
            }
            let dn = scratch.matrix(dx.rows, dx.columns)
            up.backward(du, x: n, saved: saved.projected, into: dn, pass: pass)
            norm.backward(dn, x: saved.x, statistics: saved.statistics, into: dx)
        }
    }

    /// h, `[T, f]`.
    private func hidden(_ u: Matrix, scratch: Arena) -> Matrix {
        let h = scratch.matrix(u.rows, down.inputs, activation)
        switch kind {
        case .plain(let function): Kernels.activationForward(function, u, into: h)
        case .gated(let function):
            let (gate, up) = halves(u)
            Kernels.gatedForward(function, gate: gate, up: up, into: h)
        }
        return h
    }

    private func hiddenBackward(_ dh: Matrix, u: Matrix, into du: Matrix) {
        switch kind {
        case .plain(let function): Kernels.activationBackward(function, dh, x: u, into: du)
        case .gated(let function):
            let (gate, up) = halves(u)
            let (dGate, dUp) = halves(du)
            Kernels.gatedBackward(function, dh, gate: gate, up: up, dGate: dGate, dUp: dUp)
        }
    }

    private func halves(_ u: Matrix) -> (gate: Matrix, up: Matrix) {
        let half = u.columns / 2
        return (u.columns(0..<half), u.columns(half..<u.columns))
    }
}
