import CKernels

extension Kernels {
    /// o = softmax(scale·(q·kᵀ + c2p + p2c))·v within each span, every query seeing every key:
    ///
    ///     c2p[i, j] = q_i·P^k_δ    content to position, δ = δ(j − i) a row of the table
    ///     p2c[i, j] = k_j·P^q_δ    position to content
    ///
    /// q, k, v `[T, ·]` with a head's columns where `heads` says, o `[T, heads·D]`; each of either dtype. Products and
    /// softmax are float32. https://arxiv.org/abs/2006.03654, equation 4.
    package static func disentangledForward(
        q: Matrix, k: Matrix, v: Matrix, heads: HeadColumns, positions: PositionFactors?, spans: [AttentionSpan],
        scale: Float, into o: Matrix, backend: ProductBackend = .panels
    ) {
        let forward = DisentangledScores(
            q: q, k: k, heads: heads, positions: positions, scale: scale, backend: backend)
        let dense = HeadColumns(count: heads.count, headDim: heads.headDim)
        KernelClock.measure("disentangled attention, forward") {
            Threads.tasks(
                spans.count * heads.count, with: spans, heads, v, o, forward, dense
            ) { task, workspace, spans, heads, v, o, forward, dense in
                let (span, head) = (spans[task / heads.count], task % heads.count)
                let rows = DisentangledShape.rows(span)
                let scores = forward.start(rows, head: head, workspace: workspace)
                let value = workspace.float32(v.tile(rows: rows, columns: heads.columns(head)))
                let output = workspace.tile(DisentangledShape.queryBlock, heads.headDim)
                for block in (0..<rows.count).blocks(of: DisentangledShape.queryBlock) {
                    let p = scores.probabilities(block, workspace: workspace)
                    let part = output.rows(0..<block.count)
                    part.assign(p, value, workspace: workspace, backend: forward.backend)
                    let taken = (rows.lowerBound + block.lowerBound)..<(rows.lowerBound + block.upperBound)
                    part.write(to: o.tile(rows: taken, columns: dense.columns(head)))
                }
            }
        }
    }
}

/// How scores and their softmax come about, the same in forward and backward.
struct DisentangledScores {
    let q, k: Matrix
    let heads: HeadColumns
    let positions: PositionFactors?
    let scale: Float
    let backend: ProductBackend

    /// One head of one sequence.
    struct Head {
        /// `[n, D]`
        let query, key: Tile
        /// P^k and P^q, `[positions, D]`.
        let positionKey, positionQuery: Tile?
        /// Content of every query block against positions, `[block, positions]`.
        let contentToPosition: Tile?
        /// Every key against positions, `[n, positions]`.
        let positionToContent: Tile?
        /// `[block, n]`
        let scores: Tile
        let positions: PositionFactors?
        let firstColumn: Int
        let scale: Float
        let backend: ProductBackend
    }

    /// Takes from a reset workspace what a head needs, and multiplies the keys with the positions.
    func start(_ rows: Range<Int>, head: Int, workspace: Workspace) -> Head {
        workspace.reset()
        let columns = heads.columns(head)
        let query = workspace.float32(q.tile(rows: rows, columns: columns))
        let key = workspace.float32(k.tile(rows: rows, columns: columns))
        let used = positions?.rows(rows.count) ?? 0..<0
        let dense = HeadColumns(count: heads.count, headDim: heads.headDim).columns(head)
        let positionKey = positions?.keys.map { workspace.float32($0.tile(rows: used, columns: dense)) }
        let positionQuery = positions?.queries.map { workspace.float32($0.tile(rows: used, columns: dense)) }
        let block = min(DisentangledShape.queryBlock, rows.count)
        let positionToContent = positionQuery.map { positionQuery in
            let product = workspace.tile(rows.count, used.count)
            product.assign(key, positionQuery, transposed: true, workspace: workspace, backend: backend)
            return product
        }
        return Head(
            query: query, key: key, positionKey: positionKey, positionQuery: positionQuery,
            contentToPosition: positionKey.map { _ in workspace.tile(block, used.count) },
            positionToContent: positionToContent, scores: workspace.tile(block, rows.count), positions: positions,
            firstColumn: (positions?.firstRow ?? 0) + used.lowerBound, scale: scale, backend: backend)
    }
}

extension DisentangledScores.Head {
    /// p of a block of queries, `[block, n]`; valid until the next.
    func probabilities(_ block: Range<Int>, workspace: Workspace) -> Tile {
        let queries = query.rows(block)
        let p = scores.rows(0..<block.count)
        p.assign(queries, key, transposed: true, workspace: workspace, backend: backend)
        let contentToPosition = contentToPosition?.rows(0..<block.count)
        if let contentToPosition, let positionKey {
            contentToPosition.assign(queries, positionKey, transposed: true, workspace: workspace, backend: backend)
        }
        withPositions(contentToPosition, positionToContent) { positions in
            ck_disentangled_probabilities(
                p.start, p.stride, positions, block.lowerBound, block.count, key.rows, scale)
        }
        return p
    }

    /// Hands `body` the products with the positions, or their gradients, as the kernels take them.
    func withPositions(_ c2p: Tile?, _ p2c: Tile?, _ body: (UnsafePointer<ck_positions>) -> Void) {
        guard let table = positions?.table else {
            var none = ck_positions()
            return body(&none)
        }
        table.rows.withUnsafeBufferPointer { rows in
            guard let start = rows.baseAddress else { return }
            var taken = ck_positions(
                c2p: c2p?.start, c2ps: c2p?.stride ?? 0, p2c: p2c?.start, p2cs: p2c?.stride ?? 0,
                column: start + (table.length - 1), first: Int32(firstColumn), reach: table.reach)
            body(&taken)
        }
    }
}
