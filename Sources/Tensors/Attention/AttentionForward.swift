import CKernels

extension Kernels {
    /// o = softmax(s, mask)·v with s = scale·q·kᵀ, or with a soft cap c s = c·tanh(scale·q·kᵀ/c), within each span: q,
    /// o `[T, heads·D]`, k, v `[·, groups·D]`; query head h reads key head h / (heads / groups). `logSumExp` `[T,
    /// heads]` is saved for backward.
    ///
    /// q, k and v are of one dtype, the products' operands; softmax and sums are float32; o is of either dtype.
    ///
    /// The list of work lies in `scratch`, or in memory of its own.
    ///
    /// Tile by tile with a running maximum, so that T × T scores are never stored: https://arxiv.org/abs/2205.14135.
    package static func attentionForward(
        q: Matrix, k: Matrix, v: Matrix, spans: [AttentionSpan], headDim: Int, scale: Float,
        mask: AttentionMask = .causal, softCap: Float? = nil, into o: Matrix, logSumExp: Matrix,
        scratch: Arena? = nil, backend: ProductBackend = .panels
    ) {
        precondition(k.columns == v.columns && q.columns == o.columns, "attention shapes")
        precondition(q.dtype == k.dtype && q.dtype == v.dtype, "attention's dtype")
        let shape = AttentionShape(q: q, k: k, headDim: headDim, backend: backend)
        Arena.lending(scratch) { scratch in
            let work = forwardWork(spans, shape: shape, scratch: scratch)
            KernelClock.measure("attention, forward") {
                Threads.tasks(
                    work.count, order: shape.order(spans: spans.count), with: work, q, k, v, o, logSumExp, shape, scale,
                    mask, softCap
                ) { task, workspace, work, q, k, v, o, logSumExp, shape, scale, mask, softCap in
                    let (span, queries, head) = (work[task].span, work[task].queries.range, work[task].head)
                    let rows = (span.queryStart + queries.lowerBound)..<(span.queryStart + queries.upperBound)
                    let seen = mask.keys(of: span.positions(queries), count: span.keyCount)
                    let keys = (span.keyStart + seen.lowerBound)..<(span.keyStart + seen.upperBound)
                    attend(
                        q.tile(rows: rows, columns: shape.queryColumns(head)),
                        k: k.tile(rows: keys, columns: shape.keyColumns(head)),
                        v: v.tile(rows: keys, columns: shape.keyColumns(head)), shape: shape, scale: scale,
                        mask: mask, softCap: softCap, into: o.tile(rows: rows, columns: shape.queryColumns(head)),
                        logSumExp: logSumExp.tile(rows: rows, columns: shape.statisticColumns(head)),
                        workspace: workspace)
                }
            }
        }
    }

    /// Some queries of a span for one key head.
    private struct ForwardTask: BitwiseCopyable {
        let span: AttentionSpan
        let queries: PlainRange
        let head: Int
    }

    /// In the order of rows, see `TaskOrder`.
    private static func forwardWork(
        _ spans: [AttentionSpan], shape: AttentionShape, scratch: Arena
    ) -> ArenaList<ForwardTask> {
        let blocks = spans.reduce(0) { $0 + (0..<$1.queryCount).blocks(of: shape.queryBlock(keys: $1.keyCount)).count }
        var work = scratch.list(of: ForwardTask.self, capacity: shape.groups * blocks)
        for span in spans {
            for queries in (0..<span.queryCount).blocks(of: shape.queryBlock(keys: span.keyCount)) {
                for head in 0..<shape.groups {
                    work.append(ForwardTask(span: span, queries: PlainRange(queries), head: head))
                }
            }
        }
        return work
    }

    /// One block of queries of one key head against the keys that they see.
    private static func attend(
        _ q: Tile, k: Tile, v: Tile, shape: AttentionShape, scale: Float, mask: AttentionMask, softCap: Float?,
        into o: Tile, logSumExp: Tile, workspace: Workspace
    ) {
        let rows = q.rows * shape.group
        let keyBlock = min(AttentionShape.keyBlock, k.rows)
        workspace.reset()
        let query = workspace.tile(rows, shape.headDim, q.dtype).dense
        let output = workspace.tile(rows, shape.headDim).dense
        let (maxima, sums) = (workspace.tile(1, rows), workspace.tile(1, rows))
        let scoreTile = workspace.tile(rows, keyBlock)
        let firstVisible = mask.firstVisible(queries: q.rows, keys: k.rows)
        var softmax = ck_online_softmax(
            output: output.start, head_dim: shape.headDim, maxima: maxima.start, sums: sums.start)
        query.stack(q)
        for keys in (0..<k.rows).blocks(of: keyBlock) {
            let scores = scoreTile.columns(0..<keys.count)
            let isFirst = keys.lowerBound == 0
            scores.assign(query, k.rows(keys), transposed: true, workspace: workspace, backend: shape.backend)
            var tile = ck_attention_tile(
                scores: scores.start, stride: scores.stride, queries: rows, keys: keys.count, group: shape.group,
                first_visible: firstVisible - keys.lowerBound, window: mask.window, scale: scale,
                dtype: q.dtype.kernel)
            if let softCap {
                ck_attention_cap(&tile, softCap)
                tile.scale = 1
            }
            ck_attention_probabilities(&tile, &softmax, isFirst ? CK_FIRST_TILE : CK_LATER_TILE)
            output.assign(
                scores.narrowed(to: q.dtype), v.rows(keys), accumulate: !isFirst, workspace: workspace,
                backend: shape.backend)
        }
        ck_attention_normalise(&softmax, rows)
        sums.unstack(into: logSumExp)
        output.unstack(into: o)
    }
}
