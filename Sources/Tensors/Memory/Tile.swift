/// A borrowed part of a matrix for the inner loops of one kernel call: a view that does not keep its memory alive, so
/// that passing it around costs no reference counting.
struct Tile: BitwiseCopyable {
    let base: UnsafeMutableRawPointer
    /// Rows and columns as they lie in memory.
    let rows: Int
    let columns: Int
    let stride: Int
    let dtype: DType

    /// The first element; of float32 tiles.
    var start: UnsafeMutablePointer<Float> {
        precondition(dtype == .float32, "float32 elements of a bfloat16 matrix")
        return base.assumingMemoryBound(to: Float.self)
    }

    func rows(_ range: Range<Int>) -> Tile {
        Tile(base: memory(row: range.lowerBound), rows: range.count, columns: columns, stride: stride, dtype: dtype)
    }

    func columns(_ range: Range<Int>) -> Tile {
        Tile(
            base: base + range.lowerBound * dtype.bytes, rows: rows, columns: range.count, stride: stride,
            dtype: dtype)
    }

    func memory(row: Int) -> UnsafeMutableRawPointer { base + row * stride * dtype.bytes }

    /// The same memory with no gap between rows.
    var dense: Tile { Tile(base: base, rows: rows, columns: columns, stride: columns, dtype: dtype) }

    /// The first half of each row's memory as bfloat16, where `dtype` asks for it.
    func narrowed(to dtype: DType) -> Tile {
        guard dtype == .bfloat16 else { return self }
        return Tile(base: base, rows: rows, columns: columns, stride: 2 * stride, dtype: dtype)
    }

    func fill(_ value: Float) {
        for index in 0..<rows { (start + index * stride).update(repeating: value, count: columns) }
    }
}

extension Matrix {
    /// A view of some rows and columns that must not outlive the matrix.
    func tile(rows rowRange: Range<Int>, columns columnRange: Range<Int>) -> Tile {
        precondition(rowRange.lowerBound >= 0 && rowRange.upperBound <= rows, "rows \(rowRange) of \(rows)")
        precondition(
            columnRange.lowerBound >= 0 && columnRange.upperBound <= columns, "columns \(columnRange) of \(columns)")
        return Tile(
            base: memory(row: rowRange.lowerBound) + columnRange.lowerBound * dtype.bytes, rows: rowRange.count,
            columns: columnRange.count, stride: stride, dtype: dtype)
    }
}
