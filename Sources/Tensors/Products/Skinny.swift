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
    func matrix(_ rows: Int, _ columns: Int) -> Matrix {
        scratch?.matrix(rows, columns) ?? Matrix(rows: rows, columns: columns)
    }
    func transposed(_ matrix: Matrix, into result: Matrix) -> Matrix {
        transpose(matrix, into: result)
        return result
    }
    switch (a, b) {
    case (.plain(let x), _) where c.columns <= limit && (x.columns > limit || x.dtype == .bfloat16):
        skinnyRight(x, b, packed: matrix(x.columns, paddedRank(c.columns)), into: c, scale, accumulate)
    case (.plain(let h), .plain(let rows)) where h.columns <= limit:
        rankUpdate(h, rows, into: c, scale, accumulate)
    case (.plain(let h), .transposed(let columns)) where h.columns <= limit:
        rankUpdate(h, transposed(columns, into: matrix(columns.columns, columns.rows)), into: c, scale, accumulate)
    case (.transposed(let h), .plain(let x)) where h.columns <= limit && h.dtype == .float32:
        skinnyLeft(h, x, into: c, scale, accumulate)
    case (.transposed(let x), .plain(let h)) where h.columns <= limit:
        let product = matrix(h.columns, x.columns)
        skinnyLeft(h, x, into: product, scale, false)
        if accumulate {
            Kernels.add(transposed(product, into: matrix(x.columns, h.columns)), into: c)
        } else {
            transpose(product, into: c)
        }
    default:
        return false
    }
    return true
}

/// Columns of a packed factor: whole vectors.
private func paddedRank(_ rank: Int) -> Int { (rank + 15) / 16 * 16 }

/// c `[m, r]` (+)= scale · x `[m, k]` · b `[k, r]`.
private func skinnyRight(
    _ x: Matrix, _ b: Operand, packed: Matrix, into c: Matrix, _ scale: Float, _ accumulate: Bool
) {
    let rank = c.columns
    if rank < packed.columns { packed.fill(0) }
    switch b {
    case .plain(let matrix): packed.columns(0..<rank).copy(from: matrix)
    case .transposed(let matrix): transpose(matrix, into: packed.columns(0..<rank))
    }
    Threads.parallel(
        x.rows, grain: 8, with: x, packed, c, rank, scale, accumulate
    ) { rows, x, packed, c, rank, scale, accumulate in
        ck_skinny_right(
            x.memory(row: rows.lowerBound), x.stride, x.half, packed.start, packed.columns,
            c.pointer(row: rows.lowerBound), c.stride, rows.count, x.columns, rank, scale, accumulate ? 1 : 0)
    }
}

/// y `[m, n]` (+)= scale · h `[m, r]` · b `[r, n]`.
private func rankUpdate(_ h: Matrix, _ b: Matrix, into y: Matrix, _ scale: Float, _ accumulate: Bool) {
    Threads.parallel(
        h.rows, grain: 4, with: h, b, y, scale, accumulate
    ) { rows, h, b, y, scale, accumulate in
        ck_rank_update(
            h.pointer(row: rows.lowerBound), h.stride, b.start, b.stride, y.memory(row: rows.lowerBound), y.stride,
            y.half, rows.count, y.columns, h.columns, scale, accumulate ? 1 : 0)
    }
}

/// g `[r, n]` (+)= scale · hᵀ · x with h `[t, r]`, x `[t, n]`.
private func skinnyLeft(_ h: Matrix, _ x: Matrix, into g: Matrix, _ scale: Float, _ accumulate: Bool) {
    Threads.parallel(
        x.columns, grain: 16, with: h, x, g, scale, accumulate
    ) { columns, h, x, g, scale, accumulate in
        ck_skinny_left(
            h.start, h.stride, x.columns(columns).base, x.stride, x.half, g.start + columns.lowerBound, g.stride,
            x.rows, columns.count, h.columns, scale, accumulate ? 1 : 0)
    }
}

private func transpose(_ matrix: Matrix, into result: Matrix) {
    for row in 0..<matrix.rows {
        let source = matrix.pointer(row: row)
        for column in 0..<matrix.columns { result.start[column * result.stride + row] = source[column] }
    }
}
