import CKernels

/// Products in which one dimension is a LoRA rank r, over kernels made for that shape. x and y may be bfloat16.
///
/// Returns false where the shape is not one of them.
func multiplySkinny(
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
        skinnyRight(x, b, into: c, scale, accumulate)
    case (.plain(let h), _) where h.columns <= limit && h.dtype == .float32:
        rankUpdate(h, b, into: c, scale, accumulate)
    case (.transposed(let h), .plain(let x)) where h.columns <= limit && h.dtype == .float32:
        skinnyLeft(h, x, into: c, scale, accumulate, room: room)
    case (.transposed(let x), .plain(let h)) where h.columns <= limit:
        let product = room(h.columns, x.columns)
        skinnyLeft(h, x, into: product, scale, false, room: room)
        let turned = room(x.columns, h.columns)
        ck_turn_skinny(product.start, product.stride, h.columns, x.columns, turned.start)
        if accumulate { Kernels.add(turned, into: c) } else { c.copy(from: turned) }
    default:
        return false
    }
    return true
}

extension Workspace {
    /// `matrix` itself, or where `turns` its transpose: a copy that is valid until the workspace's panels are taken again.
    ///
    /// Each thread turns its own: it is a few microseconds' work, and to fetch what another has turned takes as long.
    fileprivate func turned(_ matrix: Matrix, if turns: Bool) -> (start: UnsafePointer<Float>, stride: Int) {
        guard turns else { return (UnsafePointer(matrix.start), matrix.stride) }
        let bytes = matrix.rows * matrix.columns * MemoryLayout<Float>.size
        let turned = panels(bytes: bytes).assumingMemoryBound(to: Float.self)
        ck_turn_skinny(matrix.start, matrix.stride, matrix.rows, matrix.columns, turned)
        return (UnsafePointer(turned), matrix.rows)
    }
}

/// c `[m, r]` (+)= scale · x `[m, k]` · b `[k, r]`.
private func skinnyRight(_ x: Matrix, _ b: Operand, into c: Matrix, _ scale: Float, _ accumulate: Bool) {
    Threads.parallelInWorkspaces(
        x.rows, grain: 3, with: x, b, c, scale, accumulate
    ) { rows, workspace, x, b, c, scale, accumulate in
        let factor = workspace.turned(b.matrix, if: !b.isTransposed)
        ck_skinny_right(
            x.memory(row: rows.lowerBound), x.stride, x.half, factor.start, factor.stride,
            c.pointer(row: rows.lowerBound), c.stride, rows.count, x.columns, c.columns, scale, accumulate ? 1 : 0)
    }
}

/// y `[m, n]` (+)= scale · h `[m, r]` · b `[r, n]`.
private func rankUpdate(_ h: Matrix, _ b: Operand, into y: Matrix, _ scale: Float, _ accumulate: Bool) {
    Threads.parallelInWorkspaces(
        h.rows, grain: 4, with: h, b, y, scale, accumulate
    ) { rows, workspace, h, b, y, scale, accumulate in
        let factor = workspace.turned(b.matrix, if: b.isTransposed)
        ck_rank_update(
            h.pointer(row: rows.lowerBound), h.stride, factor.start, factor.stride, y.memory(row: rows.lowerBound),
            y.stride, y.half, rows.count, y.columns, h.columns, scale, accumulate ? 1 : 0)
    }
}

/// g `[r, n]` (+)= scale · hᵀ · x with h `[t, r]`, x `[t, n]`.
///
/// Long sums are cut into runs of rows, so that each thread reads the rows that it has in its own core's cache; the
/// runs' sums are added in order. The runs depend on t alone, so the threads change no bit.
private func skinnyLeft(
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
            ck_skinny_left(
                h.pointer(row: rows.lowerBound), h.stride, x.rows(rows).columns(part).base, x.stride, x.half,
                sum.start + part.lowerBound, sum.stride, rows.count, part.count, h.columns, scale,
                accumulate && run == 0 ? 1 : 0)
        }
    }
    for run in 1..<runs.pieces { Kernels.add(sums.rows(blockOf(run - 1, height: rank)), into: g) }
}

private func blockOf(_ index: Int, height: Int) -> Range<Int> { (index * height)..<((index + 1) * height) }
