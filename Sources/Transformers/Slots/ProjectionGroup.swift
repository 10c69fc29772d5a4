import Tensors

/// Projections that read the same input, computed as one product: W is their weights one under the other.
///
/// Forward: y `[T, Σ out]` = r + f_out ⊙ ((f_in ⊙ x `[T, in]`) · Wᵀ) + b + updates, with a residual r. Backward:
/// dx = f_in ⊙ ((f_out ⊙ dy) · W) + the updates' share, which sums over the projections by itself. Factors and updates are
/// the adapters'; without any of them, nothing is computed for them.
package final class ProjectionGroup {
    /// What the adapters keep of a forward pass, side by side, `[T, Σ savedCount]`; nil without an adapter.
    package typealias Saved = Matrix?

    package let slots: [ProjectionSlot]
    /// The slots' weights as they can be trained; empty where they are not stored in float32.
    package let weights: [ParameterSlot]
    /// What the bias is made of.
    package let biases: [BiasSlot]
    /// Columns of y that belong to each slot.
    package let columns: [Range<Int>]
    private let weight: FrozenWeight
    private let bias: Matrix?
    /// Each slot's part of the weight.
    private let frozen: [FrozenProjection]

    /// - Parameters:
    ///   - weight: `[Σ out, in]`, the slots' weights in order.
    ///   - bias: `[1, Σ out]`.
    ///   - biases: the tensors that it is made of, where it can be trained.
    package init(slots: [ProjectionSlot], weight: FrozenWeight, bias: Matrix? = nil, biases: [BiasSlot] = []) {
        self.slots = slots
        self.weight = weight
        self.bias = bias
        self.biases = biases
        var start = 0
        let columns = slots.map { slot in
            defer { start += slot.outputs }
            return start..<(start + slot.outputs)
        }
        self.columns = columns
        frozen = columns.map { FrozenProjection(weight: weight, columns: $0, bias: bias) }
        weights = weight.memory.map { memory in zip(slots, columns).map { $0.weight(memory.rows($1)) } } ?? []
        for (slot, part) in zip(slots, frozen) { slot.frozen = part }
    }

    package var outputs: Int { weight.outputs }
    package var inputs: Int { weight.inputs }
    /// What the frozen product is computed in.
    package var dtype: DType { weight.computeType }
    package var hasAdapter: Bool { slots.contains { $0.adapter != nil } }
    package var parameterSlots: [ParameterSlot] { weights + biases.map(\.slot) }
    /// Whether gradients of the base's own tensors are accumulated.
    var trainsBase: Bool { weights.contains { $0.isTrained } || biases.contains { $0.slot.isTrained } }
    /// Whether backward wants the x of forward.
    var readsInput: Bool { hasAdapter || trainsBase }

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
            let product = project(x, adding: add, into: sum, pass: pass)
            if let bias { Kernels.addRow(bias, into: sum) }
            let saved = hasAdapter ? pass.saved.matrix(x.rows, savedCount) : nil
            forEachAdapter(saved) { adapter, index, saved in
                let columns = columns[index]
                adapter.forward(
                    x, product: product?.columns(columns), frozen: frozen[index], into: sum.columns(columns),
                    saved: saved, pass: pass)
            }
            if isRounded { y.copy(from: sum) }
            return saved
        }
    }

    /// Gradients of the adapters and of what is trained of W and b, and dx = dy·W + the updates' share unless `dx` is nil.
    ///
    /// `x` may be nil where nothing is trained inside: the frozen product's backward does not need it.
    package func backward(_ dy: Matrix, x: Matrix?, saved: Saved, into dx: Matrix?, pass: Pass) {
        pass.withScratch { scratch in
            // As in forward: updates are added before the rounding.
            let isRounded = dx.map { $0.dtype != .float32 && hasAdapter } ?? false
            let sum = isRounded ? dx.map { scratch.matrix($0.rows, $0.columns) } : dx
            if let x, hasInputFactors(pass) {
                backwardThroughInputFactors(dy, x: x, into: sum, pass: pass)
            } else if let sum {
                let scaled = hasOutputFactors(pass) ? scaledGradient(dy, scratch: scratch, pass: pass) : dy
                weight.backward(scratch.converted(scaled, to: dtype), into: sum, keepingPanels: pass.keepsPanels)
            }
            if let x {
                forEachAdapter(saved) { adapter, index, saved in
                    adapter.backward(
                        dy.columns(columns[index]), x: x, frozen: frozen[index], saved: saved, into: sum, pass: pass)
                }
                if trainsBase { accumulateBaseGradients(dy, x: x, pass: pass) }
            }
            if isRounded, let sum { dx?.copy(from: sum) }
        }
    }

    /// Of every slot's weight and bias, from dy `[T, Σ out]`.
    private func accumulateBaseGradients(_ dy: Matrix, x: Matrix, pass: Pass) {
        for index in slots.indices {
            accumulateGradients(ofSlot: index, dy.columns(columns[index]), x: x, pass: pass)
        }
        accumulateSharedBiases(dy, pass: pass)
    }

    /// dW `[out, in]` += dyᵀ·x and db += Σ_t dy of one slot, where they are trained; dy `[T, out]` is the gradient of the
    /// slot's own output.
    func accumulateGradients(ofSlot index: Int, _ dy: Matrix, x: Matrix, pass: Pass) {
        let weight = index < weights.count ? weights[index].gradient : nil
        let bias = biases.count == slots.count ? biases[index].slot.gradient : nil
        guard weight != nil || bias != nil else { return }
        pass.withScratch { scratch in
            let dy = scratch.converted(dy, to: .float32)
            if let weight {
                let x = scratch.converted(x, to: .float32)
                multiply(.transposed(dy), .plain(x), into: weight, accumulate: true, scratch: scratch)
            }
            if let bias { accumulateRowSums(dy, into: bias, scratch: scratch) }
        }
    }

    /// db of tensors that are not each a slot's own.
    private func accumulateSharedBiases(_ dy: Matrix, pass: Pass) {
        guard biases.count != slots.count, biases.contains(where: \.slot.isTrained) else { return }
        pass.withScratch { scratch in
            let sums = scratch.matrix(1, outputs)
            Kernels.clear(sums)
            accumulateRowSums(scratch.converted(dy, to: .float32), into: sums, scratch: scratch)
            for bias in biases {
                if let gradient = bias.slot.gradient { Kernels.add(sums.block(bias.place), into: gradient) }
            }
        }
    }

    /// Whether what was computed of a slot's weight and bias once is to be computed anew.
    func isLive(slot index: Int) -> Bool {
        index < weights.count && weights[index].isLive || biases.contains(where: \.slot.isLive)
    }

    /// sum = add + f_out ⊙ ((f_in ⊙ x)·Wᵀ). Returns the product by itself where a slot has factors that its neighbours
    /// have not.
    private func project(_ x: Matrix, adding add: Matrix?, into sum: Matrix, pass: Pass) -> Matrix? {
        let scratch = pass.scratch
        var input = x
        if slots.count == 1, let factors = inputFactors(0, pass) { input = scratch.scaledColumns(x, by: factors) }
        input = scratch.converted(input, to: dtype)
        guard hasOutputFactors(pass) || slots.count > 1 && hasInputFactors(pass) else {
            weight.forward(input, adding: add, into: sum, isDecoding: pass.isDecoding)
            return nil
        }
        let product = scratch.matrix(x.rows, outputs)
        weight.forward(input, into: product, isDecoding: pass.isDecoding)
        if let add {
            // The residual may lie where the sum goes.
            if !sum.overlaps(add) { sum.copy(from: add) }
        } else {
            Kernels.clear(sum)
        }
        for index in slots.indices {
            let (part, target) = (product.columns(columns[index]), sum.columns(columns[index]))
            if slots.count > 1, let factors = inputFactors(index, pass) {
                frozen[index].product(scratch.scaledColumns(x, by: factors), into: part, scratch: scratch)
            }
            if let factors = outputFactors(index, pass) {
                Kernels.addScaledColumns(part, by: factors, into: target)
            } else {
                Kernels.add(part, into: target)
            }
        }
        return product
    }

    /// dx = Σ f_in ⊙ ((f_out ⊙ dy)·W) where slots scale their inputs, and the gradients of those factors.
    private func backwardThroughInputFactors(_ dy: Matrix, x: Matrix, into dx: Matrix?, pass: Pass) {
        pass.withScratch { scratch in
            let scaled = scaledGradient(dy, scratch: scratch, pass: pass)
            if let dx {
                if slots.count == 1 {
                    Kernels.clear(dx)
                } else {
                    let joint = scratch.matrix(scaled.rows, scaled.columns)
                    joint.copy(from: scaled)
                    for index in slots.indices where inputFactors(index, pass) != nil {
                        Kernels.clear(joint.columns(columns[index]))
                    }
                    weight.backward(scratch.converted(joint, to: dtype), into: dx, keepingPanels: pass.keepsPanels)
                }
            }
            for index in slots.indices {
                slots[index].adapter?.backwardInputFactors(
                    scaled.columns(columns[index]), x: x, frozen: frozen[index], into: dx, pass: pass)
            }
        }
    }

    /// f_out ⊙ dy.
    private func scaledGradient(_ dy: Matrix, scratch: Arena, pass: Pass) -> Matrix {
        let dy = scratch.converted(dy, to: .float32)
        let scaled = scratch.matrix(dy.rows, dy.columns)
        for index in slots.indices {
            let (part, target) = (dy.columns(columns[index]), scaled.columns(columns[index]))
            if let factors = outputFactors(index, pass) {
                Kernels.clear(target)
                Kernels.addScaledColumns(part, by: factors, into: target)
            } else {
                target.copy(from: part)
            }
        }
        return scaled
    }

    private func hasOutputFactors(_ pass: Pass) -> Bool {
        // A closure that holds the pass would take memory from the heap.
        for index in slots.indices where outputFactors(index, pass) != nil { return true }
        return false
    }

    private func hasInputFactors(_ pass: Pass) -> Bool {
        for index in slots.indices where inputFactors(index, pass) != nil { return true }
        return false
    }

    private func outputFactors(_ index: Int, _ pass: Pass) -> Matrix? {
        slots[index].adapter?.outputFactors(frozen[index], pass: pass)
    }

    private func inputFactors(_ index: Int, _ pass: Pass) -> Matrix? { slots[index].adapter?.inputFactors(pass: pass) }

    private var savedCount: Int { slots.reduce(0) { $0 + ($1.adapter?.savedCount ?? 0) } }

    /// Each adapter with its slot's index, and its part of what is saved.
    private func forEachAdapter(
        _ saved: Saved, _ body: (_ adapter: any ProjectionAdapter, _ index: Int, _ saved: Matrix) -> Void
    ) {
        var start = 0
        for index in slots.indices {
            guard let adapter = slots[index].adapter, let saved else { continue }
            let end = start + adapter.savedCount
            body(adapter, index, saved.columns(start..<end))
            start = end
        }
    }
}
