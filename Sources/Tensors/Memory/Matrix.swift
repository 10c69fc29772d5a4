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
    /// The first element's memory.
    let base: UnsafeMutableRawPointer

    init(storage: Storage, base: UnsafeMutableRawPointer, rows: Int, columns: Int, stride: Int, dtype: DType) {
        self.storage = storage
        self.base = base
        self.rows = rows
        self.columns = columns
        self.stride = stride
        self.dtype = dtype
    }

    /// A matrix of zeros with memory of its own, 64-byte aligned.
    package init(rows: Int, columns: Int, dtype: DType = .float32) {
        let storage = Storage(zeroedBytes: rows * columns * dtype.bytes)
        self.init(storage: storage, base: storage.base, rows: rows, columns: columns, stride: columns, dtype: dtype)
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
            storage: storage, base: memory(row: range.lowerBound), rows: range.count, columns: columns, stride: stride,
            dtype: dtype)
    }

    /// The columns in `range`, as a view.
    package func columns(_ range: Range<Int>) -> Matrix {
        precondition(range.lowerBound >= 0 && range.upperBound <= columns, "columns \(range) of \(columns)")
        return Matrix(
            storage: storage, base: base + range.lowerBound * dtype.bytes, rows: rows, columns: range.count,
            stride: stride, dtype: dtype)
    }

    /// Of a single row, the elements that lie `place` apart, as a view.
    package func block(_ place: RowBlock) -> Matrix {
        precondition(
            rows == 1 && place.start >= 0 && place.end <= columns && place.columns <= place.stride,
            "a block of \(place.rows) × \(place.columns) in a row of \(columns)")
        return Matrix(
            storage: storage, base: base + place.start * dtype.bytes, rows: place.rows, columns: place.columns,
            stride: place.stride, dtype: dtype)
    }

    /// One element of float32; for tests and small matrices, not for loops over large ones.
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

    /// Σ of all elements of float32, row after row, in double.
    package var sum: Double {
        var sum = 0.0
        for row in 0..<rows {
            for column in 0..<columns { sum += Double(self[row, column]) }
        }
        return sum
    }

    /// Hands `body` the elements of one row of float32.
    package func withRow<Result>(_ row: Int, _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result) rethrows
        -> Result
    {
        precondition(row >= 0 && row < rows)
        return try body(UnsafeMutableBufferPointer(start: pointer(row: row), count: columns))
    }

    /// Sets every element of float32.
    package func fill(_ value: Float) {
        for row in 0..<rows { pointer(row: row).update(repeating: value, count: columns) }
    }

    /// Sets every element to zero, of either dtype.
    package func clear() {
        for row in 0..<rows {
            memory(row: row).initializeMemory(as: UInt8.self, repeating: 0, count: columns * dtype.bytes)
        }
    }

    /// This float32 matrix's memory, the first half of each row taken for bfloat16.
    var narrowedView: Matrix {
        Matrix(storage: storage, base: base, rows: rows, columns: columns, stride: 2 * stride, dtype: .bfloat16)
    }

    /// Stops the program where two matrices that must be of one shape are not.
    func requireShape(of other: Matrix, _ what: StaticString) {
        precondition(
            rows == other.rows && columns == other.columns,
            "\(what): \(rows) × \(columns) does not fit \(other.rows) × \(other.columns)")
    }

    /// The first element; of float32 matrices.
    var start: UnsafeMutablePointer<Float> {
        precondition(dtype == .float32, "float32 elements of a bfloat16 matrix")
        return base.assumingMemoryBound(to: Float.self)
    }

    func pointer(row: Int) -> UnsafeMutablePointer<Float> { start + row * stride }

    /// A row's first element, whatever the dtype.
    func memory(row: Int) -> UnsafeMutableRawPointer { base + row * stride * dtype.bytes }
}
