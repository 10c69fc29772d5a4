import CKernels
import COpenBLAS

/// Products with a frozen weight, over lorad's own kernels: the weight is packed into panels on the way, a group of them
/// at a time, while they stay in the cache.
///
/// Packing takes one pass over a weight for all rows of x, 2 to 4% of the product at 500 rows, and saves the second copy
/// that each weight would need for backward (see Benchmarks/README.md). Columns are shared among the threads, so each
/// weight is packed once.
package enum PanelProduct {
    /// Columns of a panel; a thread's share is whole panels.
    private static let panel = 32

    /// y `[T, n]` = add + x `[T, k]` · w `[k, n]`, or `[n, k]` where `transposed`.
    ///
    /// x and w are of one dtype; y of either; `add` is float32, and may be y itself.
    ///
    /// - Parameter backend: the machine's best where nil.
    package static func run(
        _ x: Matrix, _ w: Matrix, transposed: Bool, adding add: Matrix?, into y: Matrix,
        backend: ProductBackend? = nil
    ) {
        let backend = backend ?? ProductBackend.automatic(w.dtype)
        if backend == .openBLAS, y.dtype == .float32 {
            if let add, add.base != y.base { y.copy(from: add) }
            Threads.parallel(
                y.columns, grain: panel, with: x, w, transposed, y, add != nil
            ) { columns, x, w, transposed, y, accumulate in
                let part: Operand = transposed ? .transposed(w.rows(columns)) : .plain(w.columns(columns))
                multiplyOnThisThread(
                    .plain(x), part, into: y.columns(columns), scale: 1, accumulate: accumulate)
            }
            return
        }
        precondition(x.dtype == w.dtype, "both factors of a product are of one dtype")
        precondition(add?.dtype != .bfloat16 && (add == nil || add?.rows == y.rows && add?.columns == y.columns))
        guard x.rows > 0 else { return }
        var product = ck_product(
            x: x.base, xs: x.stride, x_by_columns: 0, w: w.base, ws: w.stride, y: y.base, ys: y.stride, add: nil,
            adds: 0,
            rows: x.rows, k: x.columns, transposed: transposed ? 1 : 0, half: x.half, y_half: y.half,
            portable: backend == .panels ? 0 : 1)
        if let add {
            product.add = UnsafePointer(add.start)
            product.adds = add.stride
        }
        Threads.parallelInWorkspaces(y.columns, grain: panel, with: product) { columns, workspace, product in
            withUnsafePointer(to: product) { product in
                ck_product_columns(
                    product, columns.lowerBound, columns.count, workspace.panels(bytes: ck_product_scratch(product)))
            }
        }
    }
}
