import CKernels

/// Products with a weight as it lies, over lorad's own kernels: the weight is packed into panels on the way, a group of
/// them at a time, while they stay in the cache.
///
/// Packing takes one pass over a weight for all rows of x, 2 to 4% of the product at 500 rows, and saves the second
/// copy that each weight would need for backward (see Benchmarks/README.md); `PackedWeight` keeps the panels instead.
/// Threads share the columns, so that each weight is packed once; see `ProductCut`.
package enum PanelProduct {
    /// Columns of a panel; a thread's share is whole panels.
    static var panel: Int { ck_panel_columns() }

    /// y `[T, n]` = add + x `[T, k]` · w `[k, n]`, or `[n, k]` where `transposed`.
    ///
    /// x and w are of one dtype, or x float32 and w bfloat16, which is widened as its panels are packed; y is of
    /// either; `add` is float32, and may be y itself.
    package static func run(
        _ x: Matrix, _ w: Matrix, transposed: Bool, adding add: Matrix?, into y: Matrix,
        backend: ProductBackend = .panels
    ) {
        precondition(x.dtype == w.dtype || x.dtype == .float32, "a bfloat16 factor meets a float32 weight")
        let second = ck_second_factor(
            start: w.base, stride: w.stride, dtype: w.dtype.kernel, form: transposed ? CK_TRANSPOSED : CK_PLAIN)
        run(product(x, second, adding: add, into: y, backend: backend))
    }

    /// The product of x and a second factor of any form.
    static func product(
        _ x: Matrix, _ w: ck_second_factor, adding add: Matrix?, into y: Matrix, backend: ProductBackend
    ) -> ck_product {
        precondition(add?.dtype != .bfloat16 && (add == nil || add?.rows == y.rows && add?.columns == y.columns))
        y.requireDisjoint(from: x, "a product's result")
        if let add { y.requireSameOrDisjoint(add, "a product's result") }
        return ck_product(
            x: ck_first_factor(start: x.base, stride: x.stride, dtype: x.dtype.kernel, order: CK_ROW_MAJOR), w: w,
            add: ck_addend(start: add.map { UnsafePointer($0.start) }, stride: add?.stride ?? 0),
            y: ck_result(start: y.base, stride: y.stride, dtype: y.dtype.kernel), rows: x.rows, k: x.columns,
            columns: y.columns, backend: backend.kernel)
    }

    /// Computes a complete product.
    static func run(_ product: ck_product) {
        guard product.rows > 0 else { return }
        let cut = ProductCut(product)
        Threads.parallelInWorkspaces(cut.pieces, grain: 1, with: product, cut) { pieces, workspace, product, cut in
            withUnsafePointer(to: product) { product in
                let scratch = workspace.panels(bytes: ck_product_scratch(product))
                for piece in pieces {
                    let (rows, columns) = (cut.rows(piece), cut.columns(piece))
                    ck_product_part(
                        product, rows.lowerBound, rows.count, columns.lowerBound, columns.count, scratch)
                }
            }
        }
    }
}

/// How a product is cut among the threads: into runs of rows, and where those would be short, of columns too.
///
/// What lies between two products goes over rows, and a thread that keeps its rows from kernel to kernel finds them in
/// its own core's cache: to fetch them from another core's takes six times as long where the cores do not share a
/// cache. Where panels are made on the way, all rows stay together, so that each is made once.
private struct ProductCut {
    let rows: RangeCut
    let columns: RangeCut

    /// Fewer rows would not be worth the reading of a panel.
    private static let fewestRows = 64

    init(_ product: ck_product) {
        let threads = Threads.count
        let isPacked = product.w.form == CK_PACKED
        var parts = isPacked ? min(threads, max(1, product.rows / Self.fewestRows)) : 1
        while threads % parts != 0 { parts -= 1 }
        rows = RangeCut(product.rows, grain: 1, mostPieces: parts)
        columns = RangeCut(product.columns, grain: PanelProduct.panel, mostPieces: threads / parts)
    }

    var pieces: Int { rows.pieces * columns.pieces }
    func rows(_ piece: Int) -> Range<Int> { rows.range(piece / columns.pieces) }
    func columns(_ piece: Int) -> Range<Int> { columns.range(piece % columns.pieces) }
}
