import CKernels

/// Products in which one dimension is a LoRA rank r, over kernels made for that shape.
///
/// Returns false where the shape is not one of them.
func multiplySkinny(_ a: Operand, _ b: Operand, into c: Matrix, scale: Float, accumulate: Bool) -> Bool {
    let limit = 64
    switch (a, b) {
    case (.plain(let x), _) where c.columns <= limit && x.columns > limit:
        skinnyRight(x, b, into: c, scale: scale, accumulate: accumulate)
    case (.plain(let h), .plain(let rows)) where h.columns <= limit:
        rankUpdate(h, rows, into: c, scale: scale, accumulate: accumulate)
    case (.plain(let h), .transposed(let columns)) where h.columns <= limit:
        rankUpdate(h, transposed(columns), into: c, scale: scale, accumulate: accumulate)
    case (.transposed(let h), .plain(let x)) where h.columns <= limit:
        skinnyLeft(h, x, into: c, scale: scale, accumulate: accumulate)
    case (.transposed(let x), .plain(let h)) where h.columns <= limit:
        let product = Matrix(rows: h.columns, columns: x.columns)
        skinnyLeft(h, x, into: product, scale: scale, accumulate: false)
        let result = transposed(product)
        if accumulate { Kernels.add(result, into: c) } else { c.copy(from: result) }
    default:
        return false
    }
    return true
}

/// c `[m, r]` (+)= scale · x `[m, k]` · b `[k, r]`.
private func skinnyRight(_ x: Matrix, _ b: Operand, into c: Matrix, scale: Float, accumulate: Bool) {
    let rank = c.columns
    let width = (rank + 15) / 16 * 16
    let packed = Matrix(rows: x.columns, columns: width)
    switch b {
    case .plain(let matrix): packed.columns(0..<rank).copy(from: matrix)
    case .transposed(let matrix): transpose(matrix, into: packed.columns(0..<rank))
    }
    Threads.parallel(x.rows, grain: 8) { rows in
        ck_skinny_right(
            x.pointer(row: rows.lowerBound), x.stride, packed.start, width, c.pointer(row: rows.lowerBound), c.stride,
            rows.count, x.columns, rank, scale, accumulate ? 1 : 0)
    }
}

/// y `[m, n]` (+)= scale · h `[m, r]` · b `[r, n]`.
private func rankUpdate(_ h: Matrix, _ b: Matrix, into y: Matrix, scale: Float, accumulate: Bool) {
    Threads.parallel(h.rows, grain: 4) { rows in
        ck_rank_update(
            h.pointer(row: rows.lowerBound), h.stride, b.start, b.stride, y.pointer(row: rows.lowerBound), y.stride,
            rows.count, y.columns, h.columns, scale, accumulate ? 1 : 0)
    }
}

/// g `[r, n]` (+)= scale · hᵀ · x with h `[t, r]`, x `[t, n]`.
private func skinnyLeft(_ h: Matrix, _ x: Matrix, into g: Matrix, scale: Float, accumulate: Bool) {
    Threads.parallel(x.columns, grain: 16) { columns in
        ck_skinny_left(
            h.start, h.stride, x.start + columns.lowerBound, x.stride, g.start + columns.lowerBound, g.stride, x.rows,
            columns.count, h.columns, scale, accumulate ? 1 : 0)
    }
}

private func transposed(_ matrix: Matrix) -> Matrix {
    let result = Matrix(rows: matrix.columns, columns: matrix.rows)
    transpose(matrix, into: result)
    return result
}

private func transpose(_ matrix: Matrix, into result: Matrix) {
    for row in 0..<matrix.rows {
        let source = matrix.pointer(row: row)
        for column in 0..<matrix.columns { result.start[column * result.stride + row] = source[column] }
    }
}
