import Tensors

/// The relative positions of one layer of disentangled attention: the frozen embeddings E `[2k, d]`, the same in every
/// layer, projected as keys and as queries.
///
///     P^k = E·W_kᵀ + b_k    [2k, heads·D], read by the queries (content to position)
///     P^q = E·W_qᵀ + b_q    [2k, heads·D], read by the keys (position to content)
///
/// https://arxiv.org/abs/2006.03654, section 3.1. The frozen products are computed once; an adapter's update is added in
/// every pass, for the rows that the batch reads. With shared projections the adapters of the content's query and key
/// projections act here too, and gain gradients from here.
package struct RelativeProjections {
    /// One of the two.
    package struct Projection {
        let slot: ProjectionSlot
        /// E·Wᵀ + b, `[2k, heads·D]`.
        let frozen: Matrix

        /// - Parameters:
        ///   - group: whose slot `index` projects E; it has no adapter yet.
        package init(_ group: ProjectionGroup, slot index: Int = 0, embeddings: Matrix) {
            slot = group.slots[index]
            let products = Matrix(rows: embeddings.rows, columns: group.outputs)
            let arena = Arena(reservingBytes: MachineInfo.physicalMemoryBytes)
            let pass = Pass(mode: .inference, saved: arena, scratch: arena)
            _ = group.forward(embeddings, into: products, pass: pass)
            frozen = Matrix(rows: embeddings.rows, columns: slot.outputs)
            frozen.copy(from: products.columns(group.columns[index]))
        }

        /// Accumulates the adapter's gradients; E is frozen.
        fileprivate func backward(_ dy: Matrix, x: Matrix, saved: Matrix, pass: Pass) {
            guard let adapter = slot.adapter else { return }
            if let frozen = slot.frozen, adapter.inputFactors(pass: pass) != nil {
                pass.withScratch { scratch in
                    let factors = adapter.outputFactors(frozen, pass: pass)
                    let scaled = factors.map { scratch.scaledColumns(dy, by: $0) } ?? dy
                    adapter.backwardInputFactors(scaled, x: x, frozen: frozen, into: nil, pass: pass)
                }
            }
            adapter.backward(dy, x: x, frozen: slot.frozen, saved: saved, into: nil, pass: pass)
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
    /// E, in the table's order.
    package let embeddings: Matrix
    package let keys: Projection?
    package let queries: Projection?

    package init(table: RelativePositions, embeddings: Matrix, keys: Projection?, queries: Projection?) {
        precondition(embeddings.rows == 2 * table.span, "relative embeddings and their table")
        self.table = table
        self.embeddings = embeddings
        self.keys = keys
        self.queries = queries
    }

    var hasAdapter: Bool { keys?.slot.adapter != nil || queries?.slot.adapter != nil }

    /// P^k and P^q of the rows that the batch's sequences read.
    func forward(_ layout: SequenceLayout, pass: Pass) -> Saved {
        let used = table.used(by: layout.spans.reduce(0) { max($0, $1.keyCount) })
        let (keyRows, keysSaved) = project(keys, used, pass: pass)
        let (queryRows, queriesSaved) = project(queries, used, pass: pass)
        let factors = PositionFactors(
            table: table, firstRow: used.lowerBound, keys: keyRows, queries: queryRows)
        return Saved(factors: factors, used: used, keys: keysSaved, queries: queriesSaved)
    }

    private func project(_ projection: Projection?, _ used: Range<Int>, pass: Pass) -> (rows: Matrix?, saved: Matrix?) {
        guard let projection else { return (nil, nil) }
        guard let adapter = projection.slot.adapter else { return (projection.frozen.rows(used), nil) }
        let rows = pass.saved.matrix(used.count, projection.slot.outputs)
        rows.copy(from: projection.frozen.rows(used))
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

    /// Room for ∂L/∂P^k and ∂L/∂P^q, zeroed, where an adapter needs them.
    func gradients(_ saved: Saved, scratch: Arena) -> (keys: Matrix?, queries: Matrix?) {
        func room(_ projection: Projection?) -> Matrix? {
            guard let projection, projection.slot.adapter != nil else { return nil }
            let gradient = scratch.matrix(saved.used.count, projection.slot.outputs)
            Kernels.clear(gradient)
            return gradient
        }
        return (room(keys), room(queries))
    }

    /// Accumulates the adapters' gradients; E is frozen.
    func backward(_ gradients: (keys: Matrix?, queries: Matrix?), saved: Saved, pass: Pass) {
        let x = embeddings.rows(saved.used)
        let pass = positionPass(pass, saved.used)
        if let dKeys = gradients.keys, let keysSaved = saved.keys {
            keys?.backward(dKeys, x: x, saved: keysSaved, pass: pass)
        }
        if let dQueries = gradients.queries, let queriesSaved = saved.queries {
            queries?.backward(dQueries, x: x, saved: queriesSaved, pass: pass)
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
