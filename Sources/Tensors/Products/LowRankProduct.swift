import CKernels

/// Products in which one dimension is a LoRA rank r, over kernels made for that shape. x and y may be bfloat16.
///
/// Returns false where the shape is not one of them.
func multiplyLowRank(
    _ a: Operand, _ b: Operand, into c: Matrix, scale: Float, accumulate: Bool, scratch: Arena?
) -> Bool {
    let limit = 64
    let mark = scratch?.mark()
    defer { if let scratch, let mark { scratch.release(to: mark) } }
    func room(_ rows: Int, _ columns: Int) -> Matrix {
        scratch?.matrix(rows, columns) ?? Matrix(rows: rows, columns: columns)
    }
    switch (a, b) {
    case (.plain(let x), _) where c.columns <= limit && (x.columns > limit || x.dtype == .bfloat16):
        lowRankDown(x, b, into: c, scale, accumulate)
    case (.plain(let h), _) where h.columns <= limit && h.dtype == .float32:
        lowRankUp(h, b, into: c, scale, accumulate)
    case (.transposed(let h), .plain(let x)) where h.columns <= limit && h.dtype == .float32:
        lowRankGradient(h, x, into: c, scale, accumulate, room: room)
    case (.transposed(let x), .plain(let h)) where h.columns <= limit:
        let product = room(h.columns, x.columns)
        lowRankGradient(h, x, into: product, scale, false, room: room)
        let transposed = room(x.columns, h.columns)
        ck_transpose(product.start, product.stride, h.columns, x.columns, transposed.start)
        if accumulate { Kernels.add(transposed, into: c) } else { c.copy(from: transposed) }
    default:
        return false
    }
    return true
}

extension Workspace {
    /// `matrix` itself, or if `transposing` its transpose: a copy that is valid until the workspace's panels are taken
    /// again.
    ///
    /// Each thread transposes its own copy: it is a few microseconds' work, and to fetch another thread's takes as
    /// long.
    fileprivate func factor(_ matrix: Matrix, transposing: Bool) -> (start: UnsafePointer<Float>, stride: Int) {
        guard transposing else { return (UnsafePointer(matrix.start), matrix.stride) }
        let bytes = matrix.rows * matrix.columns * MemoryLayout<Float>.size
        let transposed = panels(bytes: bytes).assumingMemoryBound(to: Float.self)
        ck_transpose(matrix.start, matrix.stride, matrix.rows, matrix.columns, transposed)
        return (UnsafePointer(transposed), matrix.rows)
    }
}

/// c `[m, r]` (+)= scale · x `[m, k]` · b `[k, r]`.
private func lowRankDown(_ x: Matrix, _ b: Operand, into c: Matrix, _ scale: Float, _ accumulate: Bool) {
    Threads.parallelInWorkspaces(
        x.rows, grain: 3, with: x, b, c, scale, accumulate
    ) { rows, workspace, x, b, c, scale, accumulate in
        let factor = workspace.factor(b.matrix, transposing: !b.isTransposed)
        ck_low_rank_down(
            x.memory(row: rows.lowerBound), x.stride, x.dtype.kernel, factor.start, factor.stride,
            c.pointer(row: rows.lowerBound), c.stride, rows.count, x.columns, c.columns, scale,
            ck_write(accumulate: accumulate))
    }
}

/// y `[m, n]` (+)= scale · h `[m, r]` · b `[r, n]`.
private func lowRankUp(_ h: Matrix, _ b: Operand, into y: Matrix, _ scale: Float, _ accumulate: Bool) {
    Threads.parallelInWorkspaces(
        h.rows, grain: 4, with: h, b, y, scale, accumulate
    ) { rows, workspace, h, b, y, scale, accumulate in
        let factor = workspace.factor(b.matrix, transposing: b.isTransposed)
        ck_low_rank_up(
            h.pointer(row: rows.lowerBound), h.stride, factor.start, factor.stride, y.memory(row: rows.lowerBound),
            y.stride, y.dtype.kernel, rows.count, y.columns, h.columns, scale, ck_write(accumulate: accumulate))
    }
}

/// g `[r, n]` (+)= scale · hᵀ · x with h `[t, r]`, x `[t, n]`.
///
/// Long sums are cut into runs of rows, so that each thread reads the rows that it has in its own core's cache; the
/// runs' sums are added in order. The runs depend on t alone, so the threads change no bit.
private func lowRankGradient(
    _ h: Matrix, _ x: Matrix, into g: Matrix, _ scale: Float, _ accumulate: Bool, room matrix: (Int, Int) -> Matrix
) {
    guard x.rows > 0 else { return accumulate ? () : g.fill(0) }
    let (fewestRows, mostRuns) = (128, 8)
    let runs = RangeCut(x.rows, grain: 1, mostPieces: min(max(1, x.rows / fewestRows), mostRuns))
    let columns = RangeCut(x.columns, grain: 32, mostPieces: (Threads.count + runs.pieces - 1) / runs.pieces)
    let rank = h.columns
    let sums = matrix((runs.pieces - 1) * rank, x.columns)
    Threads.parallel(
        runs.pieces * columns.pieces, with: h, x, g, sums, runs, columns, scale, accumulate
    ) { pieces, h, x, g, sums, runs, columns, scale, accumulate in
        for piece in pieces {
            let (run, part) = (piece / columns.pieces, columns.range(piece % columns.pieces))
            let (rows, sum) = (runs.range(run), run == 0 ? g : sums.rows(blockOf(run - 1, height: h.columns)))
            ck_low_rank_gradient(
                h.pointer(row: rows.lowerBound), h.stride, x.rows(rows).columns(part).base, x.stride, x.dtype.kernel,
                sum.start + part.lowerBound, sum.stride, rows.count, part.count, h.columns, scale,
                ck_write(accumulate: accumulate && run == 0))
        }
    }
    for run in 1..<runs.pieces { Kernels.add(sums.rows(blockOf(run - 1, height: rank)), into: g) }
}

private func blockOf(_ index: Int, height: Int) -> Range<Int> { (index * height)..<((index + 1) * height) }
