import CKernels

extension Kernels {
    /// Assigns dq, dk and dv, and adds to the positions' gradients, with p computed again block by block:
    ///
    ///     dv = pᵀ·dO,  ds = p ⊙ (dO·vᵀ − Σ p ⊙ dO·vᵀ)·scale
    ///     dC[i, δ(j − i)] += ds[i, j],  dE[j, δ(j − i)] += ds[i, j]
    ///     dq = ds·k + dC·P^k,  dk = dsᵀ·q + dE·P^q,  dP^k += dCᵀ·q,  dP^q += dEᵀ·k
    ///
    /// - Parameters:
    ///   - dq: with dk and dv in the columns that `heads` says, as q, k and v; float32.
    ///   - dPositionKeys: `[rows, heads·D]` of float32, of the shape of `positions.keys`; nil where nobody needs it.
    ///   - dPositionQueries: as `dPositionKeys`.
    package static func disentangledBackward(
        dO: Matrix, q: Matrix, k: Matrix, v: Matrix, heads: HeadColumns, positions: PositionFactors?,
        spans: [AttentionSpan], scale: Float, dq: Matrix, dk: Matrix, dv: Matrix, dPositionKeys: Matrix?,
        dPositionQueries: Matrix?, backend: ProductBackend = .panels
    ) {
        requireGradients(dq, dk, dv, disjointFrom: dO)
        requireGradients(dq, dk, dv, disjointFrom: q)
        requireGradients(dq, dk, dv, disjointFrom: k)
        requireGradients(dq, dk, dv, disjointFrom: v)
        let backward = DisentangledBackward(
            scores: DisentangledScores(
                q: q, k: k, heads: heads, positions: positions, scale: scale,
                backend: backend),
            v: v, dO: dO, dq: dq, dk: dk, dv: dv)
        KernelClock.measure("disentangled attention, backward") {
            backward.run(spans, keys: dPositionKeys, queries: dPositionQueries)
        }
    }
}

/// The backward, cut into runs of sequences: those of a run add to one sum of the positions' gradients, and the runs'
/// sums are added in order afterwards. So no two tasks write the same memory, and no bit depends on the threads.
private struct DisentangledBackward {
    let scores: DisentangledScores
    let v, dO, dq, dk, dv: Matrix
    /// Runs of sequences, so that a head is more than one task.
    private static let mostRuns = 4

    private var heads: HeadColumns { scores.heads }
    private var dense: HeadColumns { HeadColumns(count: heads.count, headDim: heads.headDim) }

    func run(_ spans: [AttentionSpan], keys: Matrix?, queries: Matrix?) {
        let runs = (0..<spans.count).blocks(of: max(1, (spans.count + Self.mostRuns - 1) / Self.mostRuns))
        let sums = runs.map { _ in
            (
                keys: keys.map { Matrix(rows: $0.rows, columns: $0.columns) },
                queries: queries.map { Matrix(rows: $0.rows, columns: $0.columns) }
            )
        }
        Threads.tasks(
            runs.count * heads.count, with: self, runs, sums, spans
        ) { task, workspace, backward, runs, sums, spans in
            let (run, head) = (task / backward.heads.count, task % backward.heads.count)
            for index in runs[run] {
                backward.differentiate(
                    DisentangledShape.rows(spans[index]), head: head, dPositionKeys: sums[run].keys,
                    dPositionQueries: sums[run].queries, workspace: workspace)
            }
        }
        for sum in sums {
            if let keys, let part = sum.keys { Kernels.add(part, into: keys) }
            if let queries, let part = sum.queries { Kernels.add(part, into: queries) }
        }
    }

    private func differentiate(
        _ rows: Range<Int>, head: Int, dPositionKeys: Matrix?, dPositionQueries: Matrix?, workspace: Workspace
    ) {
        let start = scores.start(rows, head: head, workspace: workspace)
        let backend = scores.backend
        let tiles = GradientTiles(start, value: v, output: dO, rows: rows, head: head, in: self, workspace: workspace)
        let used = scores.positions?.rows(rows.count) ?? 0..<0
        let positionKeys = dPositionKeys?.tile(rows: used, columns: dense.columns(head))
        let positionQueries = dPositionQueries?.tile(rows: used, columns: dense.columns(head))
        for block in (0..<rows.count).blocks(of: DisentangledShape.queryBlock) {
            let p = start.probabilities(block, workspace: workspace)
            let ds = tiles.ds.rows(0..<block.count)
            let query = start.query.rows(block)
            let dOutput = tiles.dOutput.rows(block)
            let dContent = tiles.dContentToPosition?.rows(0..<block.count)
            dContent?.fill(0)
            ds.assign(dOutput, tiles.value, transposed: true, workspace: workspace, backend: backend)
            start.withPositions(dContent, tiles.dPositionToContent) { gradients in
                ck_disentangled_gradients(
                    p.start, ds.start, ds.stride, gradients, block.lowerBound, block.count, rows.count, scores.scale)
            }
            let isFirst = block.lowerBound == 0
            func add(_ x: Tile, _ w: Tile, columnMajor: Bool, to result: Tile, accumulate: Bool) {
                result.assign(
                    x, w, columnMajor: columnMajor, accumulate: accumulate, workspace: workspace, backend: backend)
            }
            add(p, dOutput, columnMajor: true, to: tiles.dv, accumulate: !isFirst)
            add(ds, query, columnMajor: true, to: tiles.dk, accumulate: !isFirst)
            add(ds, start.key, columnMajor: false, to: tiles.dq.rows(block), accumulate: false)
            if let dContent, let positionKey = start.positionKey {
                add(dContent, positionKey, columnMajor: false, to: tiles.dq.rows(block), accumulate: true)
                if let positionKeys { add(dContent, query, columnMajor: true, to: positionKeys, accumulate: true) }
            }
        }
        if let dPosition = tiles.dPositionToContent, let positionQuery = start.positionQuery {
            tiles.dk.assign(dPosition, positionQuery, accumulate: true, workspace: workspace, backend: backend)
            positionQueries?.assign(
                dPosition, start.key, columnMajor: true, accumulate: true, workspace: workspace, backend: backend)
        }
    }

    /// Where one head's gradients go.
    private struct GradientTiles {
        let value, dOutput, ds, dq, dk, dv: Tile
        let dContentToPosition, dPositionToContent: Tile?

        init(
            _ start: DisentangledScores.Head, value v: Matrix, output dO: Matrix, rows: Range<Int>, head: Int,
            in backward: DisentangledBackward, workspace: Workspace
        ) {
            let columns = backward.heads.columns(head)
            value = workspace.float32(v.tile(rows: rows, columns: columns))
            dOutput = workspace.float32(dO.tile(rows: rows, columns: backward.dense.columns(head)))
            ds = workspace.tile(start.scores.rows, rows.count)
            dq = backward.dq.tile(rows: rows, columns: columns)
            dk = backward.dk.tile(rows: rows, columns: columns)
            dv = backward.dv.tile(rows: rows, columns: columns)
            dContentToPosition = start.contentToPosition.map { workspace.tile($0.rows, $0.columns) }
            dPositionToContent = start.positionToContent.map { workspace.tile($0.rows, $0.columns) }
            dPositionToContent?.fill(0)
        }
    }
}
