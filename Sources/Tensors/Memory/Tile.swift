/// A borrowed part of a matrix for the inner loops of one kernel call: a view that does not keep its memory alive, so
/// that passing it around costs no reference counting.
struct Tile {
    let start: UnsafeMutablePointer<Float>
    /// Rows and columns as they lie in memory.
    let rows: Int
    let columns: Int
    let stride: Int

    func rows(_ range: Range<Int>) -> Tile {
        Tile(start: start + range.lowerBound * stride, rows: range.count, columns: columns, stride: stride)
    }

    func columns(_ range: Range<Int>) -> Tile {
        Tile(start: start + range.lowerBound, rows: rows, columns: range.count, stride: stride)
    }

    func row(_ index: Int) -> UnsafeMutablePointer<Float> { start + index * stride }

    /// The same memory with no gap between rows.
    var dense: Tile { Tile(start: start, rows: rows, columns: columns, stride: columns) }

    func fill(_ value: Float) {
        for index in 0..<rows { row(index).update(repeating: value, count: columns) }
    }
}

extension Matrix {
    /// A view of some rows and columns that must not outlive the matrix.
    func tile(rows rowRange: Range<Int>, columns columnRange: Range<Int>) -> Tile {
        precondition(rowRange.lowerBound >= 0 && rowRange.upperBound <= rows, "rows \(rowRange) of \(rows)")
        precondition(
            columnRange.lowerBound >= 0 && columnRange.upperBound <= columns, "columns \(columnRange) of \(columns)")
        return Tile(
            start: pointer(row: rowRange.lowerBound) + columnRange.lowerBound, rows: rowRange.count,
            columns: columnRange.count, stride: stride)
    }
}
