import Tensors

/// Projections that read the same input, computed as one product: W is their weights one under the other.
///
/// Forward: y `[T, Σ out]` = x `[T, in]` · Wᵀ + b. Backward: dx = dy · W, which sums over the projections by itself.
package final class ProjectionGroup {
    /// What the adapters keep of a forward pass, side by side, `[T, Σ savedCount]`; nil without an adapter.
    package typealias Saved = Matrix?

    package let slots: [ProjectionSlot]
    /// Columns of y that belong to each slot.
    package let columns: [Range<Int>]
    private let weight: FrozenWeight
    private let bias: Matrix?

    /// - Parameters:
    ///   - weight: `[Σ out, in]`, the slots' weights in order.
    ///   - bias: `[1, Σ out]`, frozen.
    package init(slots: [ProjectionSlot], weight: FrozenWeight, bias: Matrix? = nil) {
        self.slots = slots
        self.weight = weight
        self.bias = bias
        var start = 0
        columns = slots.map { slot in
            defer { start += slot.outputs }
            return start..<(start + slot.outputs)
        }
    }

    package var outputs: Int { weight.outputs }
    package var inputs: Int { weight.inputs }
    /// What the frozen product is computed in.
    package var dtype: DType { weight.computeType }
    package var hasAdapter: Bool { slots.contains { $0.adapter != nil } }

    /// y = add + x·Wᵀ + b plus every slot's update. Returns what the adapters keep.
    ///
    /// - Parameters:
    ///   - x: `[T, in]`, converted where it is not of the compute dtype.
    ///   - add: `[T, Σ out]` of float32, may be y itself.
    package func forward(_ x: Matrix, adding add: Matrix? = nil, into y: Matrix, pass: Pass) -> Saved {
        pass.withScratch { scratch in
            // An update much smaller than y would vanish in a y that is already rounded.
            let isRounded = y.dtype != .float32 && (hasAdapter || bias != nil)
            let sum = isRounded ? scratch.matrix(y.rows, y.columns) : y
            weight.forward(scratch.converted(x, to: dtype), adding: add, into: sum, isDecoding: pass.isDecoding)
            if let bias { Kernels.addRow(bias, into: sum) }
            let saved = hasAdapter ? pass.saved.matrix(x.rows, savedCount) : nil
            forEachAdapter(saved) { adapter, columns, saved in
                adapter.forward(x, into: sum.columns(columns), saved: saved, pass: pass)
            }
            if isRounded { y.copy(from: sum) }
            return saved
        }
    }

    /// Gradients of the adapters, and dx = dy·W + the updates' share unless `dx` is nil.
    ///
    /// `x` may be nil where no slot has an adapter: the frozen product's backward does not need it.
    package func backward(_ dy: Matrix, x: Matrix?, saved: Saved, into dx: Matrix?, pass: Pass) {
        pass.withScratch { scratch in
            // As in forward: updates are added before the rounding.
            let isRounded = dx.map { $0.dtype != .float32 && hasAdapter } ?? false
            let sum = isRounded ? dx.map { scratch.matrix($0.rows, $0.columns) } : dx
            if let sum {
                weight.backward(scratch.converted(dy, to: dtype), into: sum, keepingPanels: pass.keepsPanels)
            }
            if let x {
                forEachAdapter(saved) { adapter, columns, saved in
                    adapter.backward(dy.columns(columns), x: x, saved: saved, into: sum, pass: pass)
                }
            }
            if isRounded, let sum { dx?.copy(from: sum) }
        }
    }

    private var savedCount: Int { slots.reduce(0) { $0 + ($1.adapter?.savedCount ?? 0) } }

    /// Each adapter with the columns of y that it adds to, and its part of what is saved.
    private func forEachAdapter(
        _ saved: Saved, _ body: (_ adapter: any ProjectionAdapter, _ columns: Range<Int>, _ saved: Matrix) -> Void
    ) {
        var start = 0
        for (slot, columns) in zip(slots, columns) {
            guard let adapter = slot.adapter, let saved else { continue }
            let end = start + adapter.savedCount
            body(adapter, columns, saved.columns(start..<end))
            start = end
        }
    }
}
