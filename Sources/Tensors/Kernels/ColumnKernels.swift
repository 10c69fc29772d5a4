import CKernels
import Foundation

extension Kernels {
    /// y += x ⊙ factors: column i of x, times element i of `factors` `[1, n]`. x may be y itself.
    package static func addScaledColumns(_ x: Matrix, by factors: Matrix, into y: Matrix) {
        x.requireShape(of: y, "an addition of scaled columns")
        precondition(factors.rows == 1 && factors.columns == x.columns, "a factor for each column")
        y.requireSameOrDisjoint(x, "a sum of scaled columns")
        overRows(x, with: x, factors, y) { rows, x, factors, y in
            ck_add_scaled_columns(
                x.pointer(row: rows.lowerBound), x.stride, factors.start, y.pointer(row: rows.lowerBound), y.stride,
                rows.count, x.columns)
        }
    }

    /// sums `[1, n]` += Σ over the rows of x ⊙ y, row after row: what a factor on a column gains as its gradient.
    package static func addColumnDots(_ x: Matrix, _ y: Matrix, into sums: Matrix) {
        x.requireShape(of: y, "dots of columns")
        precondition(sums.rows == 1 && sums.columns == x.columns, "a sum for each column")
        guard x.rows > 0 else { return }
        // A thread has columns of its own, so that their number changes no bit.
        let columnsWorthSharing = 256
        let pieces = max(1, min(Threads.count, x.columns / columnsWorthSharing))
        Threads.parallel(pieces, with: x, y, sums, pieces) { range, x, y, sums, pieces in
            for piece in range {
                let columns = (x.columns * piece / pieces)..<(x.columns * (piece + 1) / pieces)
                ck_add_column_dots(
                    x.start + columns.lowerBound, x.stride, y.start + columns.lowerBound, y.stride,
                    sums.start + columns.lowerBound, x.rows, columns.count)
            }
        }
    }
}

extension Matrix {
    /// Whether both matrices, of float32, are of one shape and hold the same bits.
    package func hasSameBits(as other: Matrix) -> Bool {
        guard rows == other.rows, columns == other.columns else { return false }
        return (0..<rows).allSatisfy { memcmp(pointer(row: $0), other.pointer(row: $0), columns * dtype.bytes) == 0 }
    }
}
