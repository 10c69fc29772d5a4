import Tensors

/// The relative positions of one layer of disentangled attention: the embeddings E `[2k, d]`, the same in every layer,
/// projected as keys and as queries.
///
///     P^k = E·W_kᵀ + b_k    [2k, heads·D], read by the queries (content to position)
///     P^q = E·W_qᵀ + b_q    [2k, heads·D], read by the keys (position to content)
///
/// https://arxiv.org/abs/2006.03654, section 3.1. The products are computed once while all of it is frozen; an adapter's
/// update is added in every pass, for the rows that the batch reads. With shared projections the adapters of the content's query and key
/// projections act here too, and gain gradients from here.
package struct RelativeProjections {
    /// One of the two.
    package final class Projection {
        let slot: ProjectionSlot
        /// E·Wᵀ + b as loaded, `[2k, heads·D]`.
        let frozen: Matrix
        private let index: Int
        /// What projects E; of a projection that positions alone have, only from `unfreeze` on.
        private var group: ProjectionGroup?
        private let load: () throws -> ProjectionGroup

        /// By a slot of the content's own projections, which has no adapter yet.
        package convenience init(content: ProjectionGroup, slot index: Int, embeddings: RelativeEmbeddings) {
            self.init(content, slot: index, embeddings: embeddings, load: { content })
            group = content
        }

        /// By a projection that positions alone have: the model keeps its products and no weight.
        ///
        /// - Parameter load: reads it, now and when it is to be trained.
        /// - Throws: as `load`.
        package convenience init(
            embeddings: RelativeEmbeddings, loading load: @escaping () throws -> ProjectionGroup
        ) throws {
            self.init(try load(), slot: 0, embeddings: embeddings, load: load)
        }

        private init(
            _ group: ProjectionGroup, slot index: Int, embeddings: RelativeEmbeddings,
            load: @escaping () throws -> ProjectionGroup
        ) {
            (self.index, self.load) = (index, load)
            slot = group.slots[index]
            let products = Matrix(rows: embeddings.count, columns: group.outputs)
            let arena = Arena(reservingBytes: MachineInfo.physicalMemoryBytes)
            let pass = Pass(mode: .inference, saved: arena, scratch: arena)
            _ = group.forward(embeddings.rows(0..<embeddings.count), into: products, pass: pass)
            frozen = Matrix(rows: embeddings.count, columns: slot.outputs)
            frozen.copy(from: products.columns(group.columns[index]))
        }

        var parameterSlots: [ParameterSlot] { group?.parameterSlots ?? [] }
        var isTrained: Bool { group?.trainsBase ?? false }
        var isLive: Bool { group?.isLive(slot: index) ?? false }

        func unfreeze() throws { if group == nil { group = try load() } }

        /// y = x·Wᵀ + b of weights that may have changed.
        func product(_ x: Matrix, into y: Matrix, pass: Pass) {
            guard let weight = slot.frozen else { preconditionFailure("a live projection without its weight") }
            weight.product(x, into: y, scratch: pass.scratch)
            if let bias = weight.bias { Kernels.addRow(bias, into: y) }
        }

        /// Accumulates the gradients of the adapter, of W and b, and dx where x is trained.
        ///
        /// - Parameter saved: nil without an adapter.
        fileprivate func backward(_ dy: Matrix, x: Matrix, saved: Matrix?, into dx: Matrix?, pass: Pass) {
            group?.accumulateGradients(ofSlot: index, dy, x: x, pass: pass)
            if let adapter = slot.adapter, let saved {
                if let frozen = slot.frozen, adapter.inputFactors(pass: pass) != nil {
                    pass.withScratch { scratch in
                        let factors = adapter.outputFactors(frozen, pass: pass)
                        let scaled = factors.map { scratch.scaledColumns(dy, by: $0) } ?? dy
                        adapter.backwardInputFactors(scaled, x: x, frozen: frozen, into: nil, pass: pass)
                    }
                }
                adapter.backward(dy, x: x, frozen: slot.frozen, saved: saved, into: dx, pass: pass)
            }
            if let dx { slot.frozen?.accumulateInputGradient(dy, into: dx, pass: pass) }
        }
    }

    /// What backward needs of a forward pass.
    package struct Saved {
        let factors: PositionFactors
        let used: Range<Int>
        /// What the adapters keep, where there are any.
        let keys: Matrix?
        let queries: Matrix?
    }

    package let table: RelativePositions
    /// E.
    package let embeddings: RelativeEmbeddings
    package let keys: Projection?
    package let queries: Projection?

    package init(table: RelativePositions, embeddings: RelativeEmbeddings, keys: Projection?, queries: Projection?) {
        precondition(embeddings.count == 2 * table.span, "relative embeddings and their table")
        self.table = table
        self.embeddings = embeddings
        self.keys = keys
        self.queries = queries
    }

    var hasAdapter: Bool { keys?.slot.adapter != nil || queries?.slot.adapter != nil }

    /// Those of projections that positions alone have, and E's.
    var parameterSlots: [ParameterSlot] {
        ((keys?.parameterSlots ?? []) + (queries?.parameterSlots ?? []) + embeddings.parameterSlots).withoutRepetition
    }

    func unfreeze() throws {
        try keys?.unfreeze()
        try queries?.unfreeze()
        try embeddings.unfreeze()
    }

    /// P^k and P^q of the rows that the batch's sequences read.
    func forward(_ layout: SequenceLayout, pass: Pass) -> Saved {
        embeddings.refresh(pass: pass)
        let used = table.used(by: layout.spans.reduce(0) { max($0, $1.keyCount) })
        let (keyRows, keysSaved) = project(keys, used, pass: pass)
        let (queryRows, queriesSaved) = project(queries, used, pass: pass)
        let factors = PositionFactors(
            table: table, firstRow: used.lowerBound, keys: keyRows, queries: queryRows)
        return Saved(factors: factors, used: used, keys: keysSaved, queries: queriesSaved)
    }

    private func project(_ projection: Projection?, _ used: Range<Int>, pass: Pass) -> (rows: Matrix?, saved: Matrix?) {
        guard let projection else { return (nil, nil) }
        let isLive = projection.isLive || embeddings.isLive
        guard isLive || projection.slot.adapter != nil else { return (projection.frozen.rows(used), nil) }
        let rows = pass.saved.matrix(used.count, projection.slot.outputs)
        if isLive {
            projection.product(embeddings.rows(used), into: rows, pass: pass)
        } else {
            rows.copy(from: projection.frozen.rows(used))
        }
        guard let adapter = projection.slot.adapter else { return (rows, nil) }
        let saved = pass.saved.matrix(used.count, adapter.savedCount)
        let pass = positionPass(pass, used)
        pass.withScratch { scratch in
            let frozen = projection.slot.frozen
            var product: Matrix?
            if let frozen {
                product = scaledProduct(
                    adapter, frozen, embeddings.rows(used), into: rows, scratch: scratch, pass: pass)
            }
            adapter.forward(
                embeddings.rows(used), product: product, frozen: frozen, into: rows, saved: saved, pass: pass)
        }
        return (rows, saved)
    }

    /// y = f_out ⊙ ((f_in ⊙ x)·Wᵀ) + b where an adapter has factors, else y stays. Returns the product where outputs have
    /// some.
    private func scaledProduct(
        _ adapter: any ProjectionAdapter, _ frozen: FrozenProjection, _ x: Matrix, into y: Matrix, scratch: Arena,
        pass: Pass
    ) -> Matrix? {
        let inputs = adapter.inputFactors(pass: pass)
        let outputs = adapter.outputFactors(frozen, pass: pass)
        guard inputs != nil || outputs != nil else { return nil }
        let product = scratch.matrix(x.rows, frozen.outputs)
        frozen.product(inputs.map { scratch.scaledColumns(x, by: $0) } ?? x, into: product, scratch: scratch)
        Kernels.clear(y)
        if let bias = frozen.bias { Kernels.addRow(bias, into: y) }
        guard let outputs else {
            Kernels.add(product, into: y)
            return nil
        }
        Kernels.addScaledColumns(product, by: outputs, into: y)
        return product
    }

    /// Room for ∂L/∂P^k and ∂L/∂P^q, zeroed, where something is trained that needs them.
    func gradients(_ saved: Saved, scratch: Arena) -> (keys: Matrix?, queries: Matrix?) {
        func room(_ projection: Projection?) -> Matrix? {
            guard let projection else { return nil }
            guard projection.slot.adapter != nil || projection.isTrained || embeddings.isTrained else { return nil }
            let gradient = scratch.matrix(saved.used.count, projection.slot.outputs)
            Kernels.clear(gradient)
            return gradient
        }
        return (room(keys), room(queries))
    }

    /// Accumulates the gradients of adapters, and of what is trained of E, W and b.
    func backward(_ gradients: (keys: Matrix?, queries: Matrix?), saved: Saved, pass: Pass) {
        let x = embeddings.rows(saved.used)
        let pass = positionPass(pass, saved.used)
        pass.withScratch { scratch in
            var dx: Matrix?
            if embeddings.isTrained {
                let sum = scratch.matrix(x.rows, x.columns)
                Kernels.clear(sum)
                dx = sum
            }
            if let dKeys = gradients.keys {
                keys?.backward(dKeys, x: x, saved: saved.keys, into: dx, pass: pass)
            }
            if let dQueries = gradients.queries {
                queries?.backward(dQueries, x: x, saved: saved.queries, into: dx, pass: pass)
            }
            if let dx { embeddings.backward(dx, used: saved.used, pass: pass) }
        }
    }

    /// An adapter's dropout masks belong to rows: those of E lie past any token's of the step, and each has its own.
    private func positionPass(_ pass: Pass, _ used: Range<Int>) -> Pass {
        guard case .training(let step, _) = pass.mode else { return pass }
        let pastTokens = 1 << 40
        return Pass(
            mode: .training(step: step, firstRow: pastTokens + used.lowerBound), saved: pass.saved,
            scratch: pass.scratch,
            keepsPanels: pass.keepsPanels)
    }
}
