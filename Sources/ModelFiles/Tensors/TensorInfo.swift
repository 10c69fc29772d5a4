/// A tensor as its file describes it.
package struct TensorInfo: Sendable, Equatable {
    package let name: String
    package let dtype: FileDType
    /// Outermost dimension first; GGUF's order reversed.
    package let shape: [Int]
    /// Rows of the tensor seen as a matrix: the outermost dimension, or 1 for a vector or a scalar; 0 where there are no
    /// elements.
    package let rows: Int
    /// Columns of the tensor seen as a matrix: the product of all dimensions but the outermost.
    package let columns: Int
    /// Bytes of the file that hold it, already checked against the file and the shape.
    let range: Range<Int>

    package var elementCount: Int { rows * columns }

    /// Bytes from one row's start to the next.
    var rowBytes: Int { columns / dtype.blockElements * dtype.blockBytes }

    /// Bytes that a tensor takes; nil where a dimension is negative, the size overflows or a row is no whole number of
    /// blocks.
    static func byteCount(shape: [Int], dtype: FileDType) -> Int? {
        // Zeros are left out of the overflow check's product, so that the product of any part of the shape fits too.
        guard shape.allSatisfy({ $0 >= 0 }), let bound = product(shape.map { max($0, 1) }),
            !bound.multipliedReportingOverflow(by: dtype.blockBytes).overflow,
            (shape.last ?? 1) % dtype.blockElements == 0
        else { return nil }
        return shape.reduce(1, *) / dtype.blockElements * dtype.blockBytes
    }

    /// A tensor that starts at byte `start` of its file; nil where the shape is impossible or the end overflows.
    init?(name: String, dtype: FileDType, shape: [Int], start: Int) {
        guard let bytes = Self.byteCount(shape: shape, dtype: dtype) else { return nil }
        let (end, overflow) = start.addingReportingOverflow(bytes)
        guard start >= 0, !overflow else { return nil }
        self.name = name
        self.dtype = dtype
        self.shape = shape
        // A shape such as [2⁶⁰, 0] takes no bytes, but a loop over its rows would never end.
        rows = shape.count < 2 ? 1 : shape.contains(0) ? 0 : shape[0]
        columns = shape.count < 2 ? shape.first ?? 1 : shape.dropFirst().reduce(1, *)
        range = start..<end
    }

    /// The same bytes described as the transposed matrix, for those who transpose what they read.
    var transposed: TensorInfo { TensorInfo(transposing: self) }

    private init(transposing other: TensorInfo) {
        name = other.name
        dtype = other.dtype
        shape = other.shape.reversed()
        rows = other.columns
        columns = other.rows
        range = other.range
    }

    private static func product(_ factors: [Int]) -> Int? {
        var product = 1
        for factor in factors {
            let (next, overflow) = product.multipliedReportingOverflow(by: factor)
            guard !overflow else { return nil }
            product = next
        }
        return product
    }
}
