import CKernels

extension Kernels {
    /// Assigns dq, dk and dv, with p = exp(s − logSumExp) computed again tile by tile:
    ///
    ///     dv = pᵀ·dO,  ds = p ⊙ (dO·vᵀ − Σ dO ⊙ o)·scale,  dq = ds·k,  dk = dsᵀ·q
    ///
    /// and ds times 1 − (s/c)² where the scores have a soft cap c.
    ///
    /// Tiles are held transposed, a row a key: then dv and dk are plain products, and dq reads its first factor by
    /// columns. dO, q, k, v and o are of one dtype; dq, dk, dv are float32. The list of work and partial sums of long
    /// sequences lie in `scratch`, or in memory of their own.
    package static func attentionBackward(
        dO: Matrix, q: Matrix, k: Matrix, v: Matrix, o: Matrix, logSumExp: Matrix, spans: [AttentionSpan],
        headDim: Int, scale: Float, mask: AttentionMask = .causal, softCap: Float? = nil, dq: Matrix, dk: Matrix,
        dv: Matrix, scratch: Arena? = nil, backend: ProductBackend = .panels
    ) {
        requireGradients(dq, dk, dv, disjointFrom: dO)
        requireGradients(dq, dk, dv, disjointFrom: q)
        requireGradients(dq, dk, dv, disjointFrom: k)
        requireGradients(dq, dk, dv, disjointFrom: v)
        requireGradients(dq, dk, dv, disjointFrom: o)
        let backward = AttentionBackward(
            dO: dO, q: q, k: k, v: v, o: o, logSumExp: logSumExp, dq: dq, dk: dk, dv: dv,
            shape: AttentionShape(q: q, k: k, headDim: headDim, backend: backend), scale: scale, mask: mask,
            softCap: softCap)
        KernelClock.measure("attention, backward") {
            Arena.lending(scratch) { backward.run(spans, scratch: $0) }
        }
    }
}

extension Kernels {
    /// Attention's inputs are read until its last gradient is written.
    static func requireGradients(_ dq: Matrix, _ dk: Matrix, _ dv: Matrix, disjointFrom input: Matrix) {
        dq.requireDisjoint(from: input, "dq")
        dk.requireDisjoint(from: input, "dk")
        dv.requireDisjoint(from: input, "dv")
    }
}

/// The backward of attention, cut into chunks of queries so that one long sequence keeps all threads busy.
///
/// Chunks of a span share its dk and dv. The last chunk writes there; the others write partial sums of their own, which
/// are added in order afterwards. So no two tasks write the same memory.
private struct AttentionBackward {
    let dO, q, k, v, o, logSumExp, dq, dk, dv: Matrix
    let shape: AttentionShape
    let scale: Float
    let mask: AttentionMask
    let softCap: Float?

    struct Chunk: BitwiseCopyable {
        let span: AttentionSpan
        let head: Int
        let queries: PlainRange
        /// Keys of the span whose gradients the chunk writes: all of them where it writes to the result itself.
        let keys: PlainRange
        /// dk and dv side by side, nil where the chunk writes to the result itself.
        let partial: Tile?
    }

    func run(_ spans: [AttentionSpan], scratch: Arena) {
        let work = chunks(spans, scratch: scratch)
        let order = shape.order(spans: spans.count)
        Threads.tasks(work.count, order: order, with: self, work) { task, workspace, backward, work in
            backward.run(work[task], workspace: workspace)
        }
        guard work.count > spans.count * shape.groups else { return }
        Threads.tasks(2 * shape.groups, with: self, work) { task, _, backward, work in
            let (head, isValue) = (task / 2, task % 2 == 1)
            for chunk in work where chunk.head == head { backward.addPartial(chunk, ofValues: isValue) }
        }
    }

    /// In the order of rows, see `TaskOrder`.
    private func chunks(_ spans: [AttentionSpan], scratch: Arena) -> ArenaList<Chunk> {
        let blocks = spans.reduce(0) {
            $0 + (0..<$1.queryCount).blocks(of: shape.chunkQueries(keys: $1.keyCount)).count
        }
        var chunks = scratch.list(of: Chunk.self, capacity: shape.groups * blocks)
        for span in spans {
            let chunkQueries = shape.chunkQueries(keys: span.keyCount)
            for queries in (0..<span.queryCount).blocks(of: chunkQueries) {
                for head in 0..<shape.groups {
                    chunks.append(chunk(span, head: head, queries: queries, scratch: scratch))
                }
            }
        }
        return chunks
    }

    private func chunk(_ span: AttentionSpan, head: Int, queries: Range<Int>, scratch: Arena) -> Chunk {
        guard queries.upperBound < span.queryCount else {
            return Chunk(
                span: span, head: head, queries: PlainRange(queries), keys: PlainRange(0..<span.keyCount), partial: nil)
        }
        let keys = mask.keys(of: span.positions(queries), count: span.keyCount)
        let (rows, columns) = (keys.count, 2 * shape.headDim)
        let partial = scratch.matrix(rows, columns).tile(rows: 0..<rows, columns: 0..<columns)
        return Chunk(
            span: span, head: head, queries: PlainRange(queries), keys: PlainRange(keys), partial: partial)
    }

    private func run(_ chunk: Chunk, workspace: Workspace) {
        let (start, own) = (chunk.span.keyStart, chunk.keys.range)
        let keyRows = (start + own.lowerBound)..<(start + own.upperBound)
        let columns = shape.keyColumns(chunk.head)
        let keys = KeyTiles(
            k: k.tile(rows: keyRows, columns: columns), v: v.tile(rows: keyRows, columns: columns),
            dk: chunk.partial?.columns(0..<shape.headDim) ?? dk.tile(rows: keyRows, columns: columns),
            dv: chunk.partial?.columns(shape.headDim..<(2 * shape.headDim))
                ?? dv.tile(rows: keyRows, columns: columns))
        // The last block sees all keys of the chunk, unless a window hides some: it assigns, the others add.
        for queries in chunk.queries.range.blocks(of: shape.queryBlock(keys: chunk.span.keyCount)).reversed() {
            let rows = (chunk.span.queryStart + queries.lowerBound)..<(chunk.span.queryStart + queries.upperBound)
            let seen = mask.keys(of: chunk.span.positions(queries), count: chunk.span.keyCount)
            let visible = (seen.lowerBound - own.lowerBound)..<(seen.upperBound - own.lowerBound)
            let isFirst = queries.upperBound == chunk.queries.range.upperBound
            let assigns = isFirst && visible.count == own.count
            if isFirst, !assigns { keys.clearGradients() }
            accumulate(
                rows, head: chunk.head, visible: keys.rows(visible), assigning: assigns, workspace: workspace)
        }
    }

    /// One block of queries, rows of the packed matrices, against the keys that they see.
    private func accumulate(
        _ rows: Range<Int>, head: Int, visible: KeyTiles, assigning: Bool, workspace: Workspace
    ) {
        let stacked = rows.count * shape.group
        let keyBlock = min(AttentionShape.keyBlock, visible.k.rows)
        workspace.reset()
        let query = workspace.tile(stacked, shape.headDim, q.dtype).dense
        let dOutput = workspace.tile(stacked, shape.headDim, q.dtype).dense
        let output = workspace.tile(stacked, shape.headDim, q.dtype).dense
        let dQuery = workspace.tile(stacked, shape.headDim).dense
        let (lse, delta) = (workspace.tile(1, stacked), workspace.tile(1, stacked))
        let (scoreTile, gradientTile) = (workspace.tile(keyBlock, stacked), workspace.tile(keyBlock, stacked))
        let pairs = workspace.tile(keyBlock, stacked)
        query.stack(q.tile(rows: rows, columns: shape.queryColumns(head)))
        dOutput.stack(dO.tile(rows: rows, columns: shape.queryColumns(head)))
        output.stack(o.tile(rows: rows, columns: shape.queryColumns(head)))
        lse.stack(logSumExp.tile(rows: rows, columns: shape.statisticColumns(head)))
        ck_row_dots(dOutput.base, output.base, delta.start, stacked, shape.headDim, q.dtype.kernel)

        for range in (0..<visible.k.rows).blocks(of: keyBlock) {
            let keys = visible.rows(range)
            let scores = scoreTile.rows(0..<range.count)
            let gradients = gradientTile.rows(0..<range.count)
            scores.assign(keys.k, query, transposed: true, workspace: workspace, backend: shape.backend)
            gradients.assign(keys.v, dOutput, transposed: true, workspace: workspace, backend: shape.backend)
            let firstVisible = mask.firstVisible(queries: rows.count, keys: visible.k.rows) - range.lowerBound
            let columnMajor = differentiate(
                scores, gradients, pairs: pairs, lse, delta, firstVisible: firstVisible)
            keys.dv.assign(
                scores.narrowed(to: q.dtype), dOutput, accumulate: !assigning, workspace: workspace,
                backend: shape.backend)
            keys.dk.assign(
                gradients.narrowed(to: q.dtype), query, accumulate: !assigning, workspace: workspace,
                backend: shape.backend)
            dQuery.assign(
                columnMajor, keys.k, columnMajor: true, accumulate: range.lowerBound > 0, workspace: workspace,
                backend: shape.backend)
        }
        dQuery.unstack(into: dq.tile(rows: rows, columns: shape.queryColumns(head)))
    }

    /// Scores become p and `gradients` ds, in the products' dtype; returns ds as dq's product reads it.
    private func differentiate(
        _ scores: Tile, _ gradients: Tile, pairs: Tile, _ lse: Tile, _ delta: Tile, firstVisible: Int
    ) -> Tile {
        var tile = ck_attention_tile(
            scores: scores.start, stride: scores.stride, queries: scores.columns, keys: scores.rows,
            group: shape.group, first_visible: firstVisible, window: mask.window, scale: scale, dtype: q.dtype.kernel)
        var kernel = ck_score_gradients(
            dp: gradients.start, pairs: pairs.base.assumingMemoryBound(to: UInt16.self), log_sum_exp: lse.start,
            delta: delta.start)
        if let softCap {
            ck_attention_cap_gradients(&tile, &kernel, softCap)
            tile.scale = 1
        }
        ck_attention_gradients(&tile, &kernel)
        return q.dtype == .bfloat16 ? pairs : gradients
    }

    private func addPartial(_ chunk: Chunk, ofValues: Bool) {
        guard let partial = chunk.partial else { return }
        let start = chunk.span.keyStart
        let own = chunk.keys.range
        let rows = (start + own.lowerBound)..<(start + own.upperBound)
        let target = (ofValues ? dv : dk).tile(rows: rows, columns: shape.keyColumns(chunk.head))
        let source = partial.columns(ofValues ? shape.headDim..<(2 * shape.headDim) : 0..<shape.headDim)
        ck_add(source.start, source.stride, target.start, target.stride, rows.count, shape.headDim)
    }
}

/// Keys and values of one key head, with their gradients.
private struct KeyTiles {
    let k, v, dk, dv: Tile

    func clearGradients() {
        dk.fill(0)
        dv.fill(0)
    }

    func rows(_ range: Range<Int>) -> KeyTiles {
        KeyTiles(k: k.rows(range), v: v.rows(range), dk: dk.rows(range), dv: dv.rows(range))
    }
}
