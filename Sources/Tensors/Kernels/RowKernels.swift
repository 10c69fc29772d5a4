import CKernels

extension Kernels {
    /// y += x.
    package static func add(_ x: Matrix, into y: Matrix) {
        x.requireShape(of: y, "an addition")
        overRows(x) { rows in
            ck_add(
                x.pointer(row: rows.lowerBound), x.stride, y.pointer(row: rows.lowerBound), y.stride, rows.count,
                x.columns)
        }
    }

    /// x *= factor.
    package static func scale(_ x: Matrix, by factor: Float) {
        overRows(x) { rows in
            ck_scale(x.pointer(row: rows.lowerBound), x.stride, factor, rows.count, x.columns)
        }
    }

    /// Row i of y is row `rows[i]` of x.
    package static func gatherRows(_ x: Matrix, rows: [Int32], into y: Matrix) {
        precondition(rows.count == y.rows && x.columns == y.columns)
        for (index, row) in rows.enumerated() {
            y.rows(index..<(index + 1)).copy(from: x.rows(Int(row)..<(Int(row) + 1)))
        }
    }

    /// Row `rows[i]` of y gains row i of x; the backward of `gatherRows`.
    package static func scatterAddRows(_ x: Matrix, rows: [Int32], into y: Matrix) {
        precondition(rows.count == x.rows && x.columns == y.columns)
        for (index, row) in rows.enumerated() {
            precondition(row >= 0 && row < y.rows, "row \(row) of \(y.rows)")
            ck_add(x.pointer(row: index), x.stride, y.pointer(row: Int(row)), y.stride, 1, x.columns)
        }
    }

    /// Σ x², summed in double.
    package static func squaredNorm(_ x: Matrix) -> Double {
        ck_squared_norm(x.start, x.stride, x.rows, x.columns)
    }

    /// Whether no element is NaN or infinite.
    package static func allFinite(_ x: Matrix) -> Bool {
        // The square of a finite float fits a double, so only NaN or infinity can spoil the sum.
        squaredNorm(x).isFinite
    }
}
