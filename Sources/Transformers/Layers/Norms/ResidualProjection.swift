import Tensors

/// The last projection of a residual layer, with h `[T, in]`, r and y `[T, d]`:
///
///     o = h·Wᵀ + b, or norm(h·Wᵀ + b)
///     y = r + o, and where the slot has an adapter y = r + o + update(o)
final class ResidualProjection {
    let group: ProjectionGroup
    /// Of o.
    let slot: SublayerSlot
    private let norm: (any Norm)?

    /// What backward needs of a forward pass.
    struct Saved {
        let projected: ProjectionGroup.Saved
        /// h·Wᵀ + b and the norm's statistics, where there is a norm.
        let unnormalised: (p: Matrix, statistics: Matrix)?
        /// o, and what the slot's adapter keeps of it, where there is one.
        let adapted: (output: Matrix, saved: Matrix)?
    }

    init(_ group: ProjectionGroup, norm: (any Norm)?, kind: SublayerSlot.Kind) {
        self.group = group
        self.norm = norm
        slot = SublayerSlot(name: group.slots[0].name, kind: kind, width: group.outputs)
    }

    var hasAdapter: Bool { group.hasAdapter || slot.adapter != nil }

    var parameterSlots: [ParameterSlot] { group.parameterSlots + norm.parameterSlots }

    /// Whether backward needs what only a whole forward pass leaves.
    var keepsOutput: Bool { norm != nil || hasAdapter }

    /// y, which may be the residual itself.
    func forward(_ h: Matrix, adding residual: Matrix, into y: Matrix, pass: Pass) -> Saved {
        guard norm != nil || slot.adapter != nil else {
            return Saved(
                projected: group.forward(h, adding: residual, into: y, pass: pass), unnormalised: nil, adapted: nil)
        }
        let p = pass.saved.matrix(h.rows, group.outputs)
        let projected = group.forward(h, into: p, pass: pass)
        return pass.withScratch { scratch in
            var output = p
            var unnormalised: (p: Matrix, statistics: Matrix)?
            if let norm {
                let statistics = pass.saved.matrix(h.rows, norm.statisticsCount)
                output = (slot.adapter == nil ? scratch : pass.saved).matrix(p.rows, p.columns)
                norm.forward(p, into: output, statistics: statistics)
                unnormalised = (p, statistics)
            }
            y.copy(from: residual)
            Kernels.add(output, into: y)
            guard let adapter = slot.adapter else {
                return Saved(projected: projected, unnormalised: unnormalised, adapted: nil)
            }
            let saved = pass.saved.matrix(p.rows, adapter.savedCount)
            adapter.forward(output, into: y, saved: saved, pass: pass)
            return Saved(projected: projected, unnormalised: unnormalised, adapted: (output, saved))
        }
    }

    /// Accumulates the adapters' gradients, and assigns dh unless it is nil; ∂L/∂r is dy.
    ///
    /// - Parameter h: as in forward; may be nil where nothing is trained that reads it.
    func backward(_ dy: Matrix, h: Matrix?, saved: Saved, into dh: Matrix?, pass: Pass) {
        pass.withScratch { scratch in
            var gradient = dy
            if let adapter = slot.adapter, let (output, kept) = saved.adapted {
                gradient = scratch.matrix(dy.rows, dy.columns)
                gradient.copy(from: dy)
                adapter.backward(dy, o: output, saved: kept, into: gradient, pass: pass)
            }
            if let norm, let (p, statistics) = saved.unnormalised {
                let dp = scratch.matrix(dy.rows, dy.columns)
                Kernels.clear(dp)
                norm.backward(gradient, x: p, statistics: statistics, into: dp)
                gradient = dp
            }
            group.backward(gradient, x: h, saved: saved.projected, into: dh, pass: pass)
        }
    }
}
