import CKernels
import Foundation

extension Kernels {
    /// y += x.
    package static func add(_ x: Matrix, into y: Matrix) {
        x.requireShape(of: y, "an addition")
        overRows(x, with: x, y) { rows, x, y in
            ck_add(
                x.pointer(row: rows.lowerBound), x.stride, y.pointer(row: rows.lowerBound), y.stride, rows.count,
                x.columns)
        }
    }

    /// Every row of y gains the row x `[1, n]`.
    package static func addRow(_ x: Matrix, into y: Matrix) {
        precondition(x.rows == 1 && x.columns == y.columns, "an added row")
        overRows(y, with: x, y) { rows, x, y in
            ck_add(x.start, 0, y.pointer(row: rows.lowerBound), y.stride, rows.count, y.columns)
        }
    }

    /// x *= factor.
    package static func scale(_ x: Matrix, by factor: Float) {
        overRows(x, with: x, factor) { rows, x, factor in
            ck_scale(x.pointer(row: rows.lowerBound), x.stride, factor, rows.count, x.columns)
        }
    }

    /// y `[n, m]` is x `[m, n]` transposed, both of float32; for weights while they are loaded.
    package static func transpose(_ x: Matrix, into y: Matrix) {
        precondition(x.rows == y.columns && x.columns == y.rows, "a transposition")
        // In squares, so that neither matrix is walked across its rows for long.
        let size = 32
        for rows in (0..<x.rows).blocks(of: size) {
            for columns in (0..<x.columns).blocks(of: size) {
                for row in rows {
                    let source = x.pointer(row: row)
                    for column in columns { y.pointer(row: column)[row] = source[column] }
                }
            }
        }
    }

    /// Row i of y is row `rows[i]` of x.
    package static func gatherRows(_ x: Matrix, rows: [Int32], into y: Matrix) {
        precondition(rows.count == y.rows && x.columns == y.columns)
        precondition(x.dtype == y.dtype, "gathered rows keep their dtype")
        overRows(y, with: x, rows, y) { range, x, rows, y in
            for index in range {
                let row = rows[index]
                precondition(row >= 0 && row < x.rows, "row \(row) of \(x.rows)")
                y.memory(row: index).copyMemory(from: x.memory(row: Int(row)), byteCount: x.columns * x.dtype.bytes)
            }
        }
    }

    /// Row `rows[i]` of y is row i of x, every other row zero; the backward of `gatherRows` where no row is taken
    /// twice.
    package static func scatterRows(_ x: Matrix, rows: [Int32], into y: Matrix, scratch: Arena) {
        precondition(rows.count == x.rows && x.columns == y.columns && x.dtype == y.dtype)
        let mark = scratch.mark()
        defer { scratch.release(to: mark) }
        let taken = scratch.matrix(1, y.rows)
        taken.fill(0)
        let bytes = x.columns * x.dtype.bytes
        for row in 0..<y.rows { memset(y.memory(row: row), 0, bytes) }
        for (index, row) in rows.enumerated() {
            precondition(row >= 0 && row < y.rows, "row \(row) of \(y.rows)")
            precondition(taken[0, Int(row)] == 0, "row \(row) is taken twice")
            taken[0, Int(row)] = 1
            y.memory(row: Int(row)).copyMemory(from: x.memory(row: index), byteCount: bytes)
        }
    }

    /// Row `rows[i]` of y gains row i of x, in their order; the backward of `gatherRows`.
    package static func scatterAddRows(_ x: Matrix, rows: [Int32], into y: Matrix) {
        precondition(rows.count == x.rows && x.columns == y.columns)
        // Each thread has its own rows of y, so a row named twice is added to in the same order whatever their number.
        overRows(y, with: x, rows, y) { range, x, rows, y in
            for (index, row) in rows.enumerated() {
                precondition(row >= 0 && row < y.rows, "row \(row) of \(y.rows)")
                guard range.contains(Int(row)) else { continue }
                ck_add(x.pointer(row: index), x.stride, y.pointer(row: Int(row)), y.stride, 1, x.columns)
            }
        }
    }

    /// Row i of y is column `columns[i]` of x, both of float32.
    package static func gatherColumns(_ x: Matrix, columns: [Int32], into y: Matrix) {
        precondition(columns.count == y.rows && x.rows == y.columns)
        overRows(y, with: x, columns, y) { range, x, columns, y in
            for index in range {
                let column = columns[index]
                precondition(column >= 0 && column < x.columns, "column \(column) of \(x.columns)")
                let target = y.pointer(row: index)
                for row in 0..<x.rows { target[row] = x.pointer(row: row)[Int(column)] }
            }
        }
    }

    /// Column `columns[i]` of y gains row i of x, in their order; the backward of `gatherColumns`.
    package static func scatterAddColumns(_ x: Matrix, columns: [Int32], into y: Matrix) {
        precondition(columns.count == x.rows && x.columns == y.rows)
        // Each thread has its own rows of y, so a column named twice is added to in the same order whatever their number.
        overRows(y, with: x, columns, y) { range, x, columns, y in
            for (index, column) in columns.enumerated() {
                precondition(column >= 0 && column < y.columns, "column \(column) of \(y.columns)")
                let source = x.pointer(row: index)
                for row in range { y.pointer(row: row)[Int(column)] += source[row] }
            }
        }
    }

    /// x = 0, of either dtype.
    package static func clear(_ x: Matrix) {
        overRows(x, with: x) { rows, x in x.rows(rows).clear() }
    }

    /// Σ x², summed in double.
    package static func squaredNorm(_ x: Matrix) -> Double {
        KernelClock.measure("gradient norm") { ck_squared_norm(x.start, x.stride, x.rows, x.columns) }
    }

    /// Whether no element is NaN or infinite.
    package static func allFinite(_ x: Matrix) -> Bool {
        // The square of a finite float fits a double, so only NaN or infinity can spoil the sum.
        squaredNorm(x).isFinite
    }
}
