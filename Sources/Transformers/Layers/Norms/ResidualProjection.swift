import Tensors

/// The last projection of a residual layer: y = r + h·Wᵀ + b, or y = r + norm(h·Wᵀ + b), with h `[T, in]`, r and y
/// `[T, d]`.
final class ResidualProjection {
    let group: ProjectionGroup
    private let norm: (any Norm)?

    /// What backward needs of a forward pass.
    struct Saved {
        let projected: ProjectionGroup.Saved
        /// h·Wᵀ + b and the norm's statistics, where there is a norm.
        let unnormalised: (p: Matrix, statistics: Matrix)?
    }

    init(_ group: ProjectionGroup, norm: (any Norm)?) {
        self.group = group
        self.norm = norm
    }

    var hasNorm: Bool { norm != nil }

    /// y, which may be the residual itself.
    func forward(_ h: Matrix, adding residual: Matrix, into y: Matrix, pass: Pass) -> Saved {
        guard let norm else {
            return Saved(
                projected: group.forward(h, adding: residual, into: y, pass: pass), unnormalised: nil)
        }
        let p = pass.saved.matrix(h.rows, group.outputs)
        let statistics = pass.saved.matrix(h.rows, norm.statisticsCount)
        let projected = group.forward(h, into: p, pass: pass)
        pass.withScratch { scratch in
            let normalised = scratch.matrix(p.rows, p.columns)
            norm.forward(p, into: normalised, statistics: statistics)
            y.copy(from: residual)
            Kernels.add(normalised, into: y)
        }
        return Saved(projected: projected, unnormalised: (p, statistics))
    }

    /// Accumulates the adapters' gradients, and assigns dh unless it is nil; ∂L/∂r is dy.
    ///
    /// - Parameter h: as in forward; may be nil where no slot has an adapter.
    func backward(_ dy: Matrix, h: Matrix?, saved: Saved, into dh: Matrix?, pass: Pass) {
        guard let norm, let (p, statistics) = saved.unnormalised else {
            return group.backward(dy, x: h, saved: saved.projected, into: dh, pass: pass)
        }
        pass.withScratch { scratch in
            let dp = scratch.matrix(dy.rows, dy.columns)
            Kernels.clear(dp)
            norm.backward(dy, x: p, statistics: statistics, into: dp)
            group.backward(dp, x: h, saved: saved.projected, into: dh, pass: pass)
        }
    }
}
