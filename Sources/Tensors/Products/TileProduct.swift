import CKernels

extension Tile {
    /// self `[m, n]` = x `[m, k]` · w, added to what is there where `accumulate`, on the calling thread.
    ///
    /// - Parameters:
    ///   - x: `[m, k]`; where `xByColumns`, the tile `[k, m]` of float32 or pairs of bfloat16 `[k/2, m]` in words.
    ///   - w: `[k, n]`, or `[n, k]` where `transposed`; of x's dtype.
    func assign(
        _ x: Tile, _ w: Tile, transposed: Bool = false, xByColumns: Bool = false, accumulate: Bool = false,
        workspace: Workspace, backend: ProductBackend
    ) {
        let k = transposed ? w.columns : w.rows
        var product = ck_product(
            x: x.base, xs: x.stride, x_by_columns: xByColumns ? 1 : 0, w: w.base, ws: w.stride, panels: nil,
            turned: 0, y: base, ys: stride, add: nil, adds: 0, rows: rows, k: k, columns: columns,
            transposed: transposed ? 1 : 0, half: w.dtype == .bfloat16 ? 1 : 0, widens: 0, y_half: 0,
            portable: backend == .panels ? 0 : 1)
        if accumulate {
            product.add = UnsafePointer(start)
            product.adds = stride
        }
        ck_product_part(&product, 0, rows, 0, columns, workspace.panels(bytes: ck_product_scratch(&product)))
    }
}
