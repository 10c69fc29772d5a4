/// A row-major matrix `[rows, columns]`: a view of shared memory, so a copy of the struct shows the same elements.
///
/// Rows are `stride` elements apart, which lets `columns(_:)` be a view too.
package struct Matrix: @unchecked Sendable {
    package let rows: Int
    package let columns: Int
    /// Elements from one row's start to the next.
    package let stride: Int
    package let dtype: DType
    let storage: Storage
    let start: UnsafeMutablePointer<Float>

    init(storage: Storage, start: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int) {
        self.storage = storage
        self.start = start
        self.rows = rows
        self.columns = columns
        self.stride = stride
        dtype = .float32
    }

    /// A matrix of zeros with memory of its own, 64-byte aligned.
    package init(rows: Int, columns: Int, dtype: DType = .float32) {
        let storage = Storage(zeroedBytes: rows * columns * dtype.bytes)
        self.init(
            storage: storage, start: storage.base.assumingMemoryBound(to: Float.self), rows: rows, columns: columns,
            stride: columns)
    }

    /// A matrix of `values`, row after row.
    package init(_ values: [Float], rows: Int, columns: Int) {
        precondition(values.count == rows * columns, "\(values.count) values do not fill \(rows) × \(columns)")
        self.init(rows: rows, columns: columns)
        values.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { start.update(from: base, count: source.count) }
        }
    }

    /// The rows in `range`, as a view.
    package func rows(_ range: Range<Int>) -> Matrix {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(rows)")
        return Matrix(
            storage: storage, start: start + range.lowerBound * stride, rows: range.count, columns: columns,
            stride: stride)
    }

    /// The columns in `range`, as a view.
    package func columns(_ range: Range<Int>) -> Matrix {
        precondition(range.lowerBound >= 0 && range.upperBound <= columns, "columns \(range) of \(columns)")
        return Matrix(
            storage: storage, start: start + range.lowerBound, rows: rows, columns: range.count, stride: stride)
    }

    /// One element; for tests and small matrices, not for loops over large ones.
    package subscript(row: Int, column: Int) -> Float {
        get {
            precondition(row >= 0 && row < rows && column >= 0 && column < columns)
            return start[row * stride + column]
        }
        nonmutating set {
            precondition(row >= 0 && row < rows && column >= 0 && column < columns)
            start[row * stride + column] = newValue
        }
    }

    /// All elements, row after row.
    package var values: [Float] {
        (0..<rows).flatMap { row in UnsafeBufferPointer(start: pointer(row: row), count: columns) }
    }

    /// Hands `body` the elements of one row.
    package func withRow<Result>(_ row: Int, _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result) rethrows
        -> Result
    {
        precondition(row >= 0 && row < rows)
        return try body(UnsafeMutableBufferPointer(start: pointer(row: row), count: columns))
    }

    /// Sets every element.
    package func fill(_ value: Float) {
        for row in 0..<rows { pointer(row: row).update(repeating: value, count: columns) }
    }

    /// Takes over the elements of a matrix of the same shape.
    package func copy(from other: Matrix) {
        requireShape(of: other, "a copy")
        for row in 0..<rows { pointer(row: row).update(from: other.pointer(row: row), count: columns) }
    }

    /// Stops the program where two matrices that must be of one shape are not.
    func requireShape(of other: Matrix, _ what: StaticString) {
        precondition(
            rows == other.rows && columns == other.columns,
            "\(what): \(rows) × \(columns) does not fit \(other.rows) × \(other.columns)")
    }

    func pointer(row: Int) -> UnsafeMutablePointer<Float> { start + row * stride }
}
