import COpenBLAS

/// A matrix as a factor of a product: as it lies, or transposed.
package enum Operand {
    case plain(Matrix)
    case transposed(Matrix)

    var matrix: Matrix {
        switch self {
        case .plain(let matrix), .transposed(let matrix): matrix
        }
    }

    var isTransposed: Bool {
        if case .transposed = self { true } else { false }
    }

    var rows: Int { isTransposed ? matrix.columns : matrix.rows }
    var columns: Int { isTransposed ? matrix.rows : matrix.columns }

    /// The part that yields `range` of the product's rows.
    func rows(_ range: Range<Int>) -> Operand {
        switch self {
        case .plain(let matrix): .plain(matrix.rows(range))
        case .transposed(let matrix): .transposed(matrix.columns(range))
        }
    }

    /// The part that yields `range` of the product's columns.
    func columns(_ range: Range<Int>) -> Operand {
        switch self {
        case .plain(let matrix): .plain(matrix.columns(range))
        case .transposed(let matrix): .transposed(matrix.rows(range))
        }
    }

    /// The same of float32, a copy in `scratch` (or in memory of its own) where it is of another type.
    func widened(_ scratch: Arena?) -> Operand {
        guard matrix.dtype != .float32 else { return self }
        let copy = scratch?.matrix(matrix.rows, matrix.columns) ?? Matrix(rows: matrix.rows, columns: matrix.columns)
        Kernels.convert(matrix, into: copy)
        return isTransposed ? .transposed(copy) : .plain(copy)
    }
}

/// c `[m, n]` = scale · a `[m, k]` · b `[k, n]`, added to c where `accumulate`. c is float32.
///
/// Products with a dimension as small as a LoRA rank go to kernels of their own, which take bfloat16 too; OpenBLAS was
/// measured at a tenth of its speed there. Of any other shape a factor of bfloat16 is widened first.
/// - Parameter scratch: where a transposed or widened copy of a factor goes; memory of its own where nil.
package func multiply(
    _ a: Operand, _ b: Operand, into c: Matrix, scale: Float = 1, accumulate: Bool = false, scratch: Arena? = nil
) {
    precondition(a.columns == b.rows && c.rows == a.rows && c.columns == b.columns, "shapes of a product")
    c.requireDisjoint(from: a.matrix, "a product's result")
    c.requireDisjoint(from: b.matrix, "a product's result")
    guard c.rows > 0, c.columns > 0 else { return }
    let isLowRank = KernelClock.measure("adapter products") {
        multiplyLowRank(a, b, into: c, scale: scale, accumulate: accumulate, scratch: scratch)
    }
    if isLowRank { return }
    let mark = scratch?.mark()
    defer { if let scratch, let mark { scratch.release(to: mark) } }
    let (a, b) = (a.widened(scratch), b.widened(scratch))
    if c.rows >= c.columns || c.rows >= 256 {
        Threads.parallel(
            c.rows, grain: 8, with: a, b, c, scale, accumulate
        ) { rows, a, b, c, scale, accumulate in
            multiplyOnThisThread(a.rows(rows), b, into: c.rows(rows), scale: scale, accumulate: accumulate)
        }
    } else {
        Threads.parallel(
            c.columns, grain: 16, with: a, b, c, scale, accumulate
        ) { columns, a, b, c, scale, accumulate in
            multiplyOnThisThread(a, b.columns(columns), into: c.columns(columns), scale: scale, accumulate: accumulate)
        }
    }
}

/// The same by OpenBLAS, whatever the shape.
func multiplyOnThisThread(_ a: Operand, _ b: Operand, into c: Matrix, scale: Float, accumulate: Bool) {
    precondition(
        a.matrix.dtype == .float32 && b.matrix.dtype == .float32 && c.dtype == .float32, "OpenBLAS takes float32")
    cblas_sgemm(
        CblasRowMajor, a.isTransposed ? CblasTrans : CblasNoTrans, b.isTransposed ? CblasTrans : CblasNoTrans,
        blasint(c.rows), blasint(c.columns), blasint(a.columns), scale, a.matrix.start, blasint(a.matrix.stride),
        b.matrix.start, blasint(b.matrix.stride), accumulate ? 1 : 0, c.start, blasint(c.stride))
}
