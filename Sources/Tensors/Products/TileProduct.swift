import CKernels

extension Tile {
    /// self `[m, n]` = x `[m, k]` · w, added to what is there where `accumulate`, on the calling thread.
    ///
    /// - Parameters:
    ///   - x: `[m, k]`; if `columnMajor`, the tile `[k, m]` of float32 or pairs of bfloat16 `[k/2, m]` in words.
    ///   - w: `[k, n]`, or `[n, k]` where `transposed`; of x's dtype.
    func assign(
        _ x: Tile, _ w: Tile, transposed: Bool = false, columnMajor: Bool = false, accumulate: Bool = false,
        workspace: Workspace, backend: ProductBackend
    ) {
        let order = columnMajor ? CK_COLUMN_MAJOR : CK_ROW_MAJOR
        let form = transposed ? CK_TRANSPOSED : CK_PLAIN
        var product = ck_product(
            x: ck_first_factor(start: x.base, stride: x.stride, dtype: w.dtype.kernel, order: order),
            w: ck_second_factor(start: w.base, stride: w.stride, dtype: w.dtype.kernel, form: form),
            add: ck_addend(start: accumulate ? UnsafePointer(start) : nil, stride: stride),
            y: ck_result(start: base, stride: stride, dtype: CK_FLOAT32), rows: rows,
            k: transposed ? w.columns : w.rows, columns: columns, backend: backend.kernel)
        ck_product_part(&product, 0, rows, 0, columns, workspace.panels(bytes: ck_product_scratch(&product)))
    }
}
