/// A tensor as its file describes it.
package struct TensorInfo: Sendable, Equatable {
    package let name: String
    package let dtype: FileDType
    /// Outermost dimension first; GGUF's order reversed.
    package let shape: [Int]
    /// Bytes of the file that hold it, already checked against the file and the shape.
    let range: Range<Int>

    /// Rows and columns of the tensor seen as a matrix; a vector is one row.
    package var rows: Int { shape.count < 2 ? 1 : shape[0] }
    package var columns: Int { shape.count < 2 ? shape.first ?? 1 : shape.dropFirst().reduce(1, *) }

    /// Bytes that a tensor takes, nil where a dimension is negative, the size overflows or a row is no whole number of
    /// blocks.
    static func byteCount(shape: [Int], dtype: FileDType) -> Int? {
        var elements = 1
        for dimension in shape {
            guard dimension >= 0 else { return nil }
            let (product, overflow) = elements.multipliedReportingOverflow(by: dimension)
            guard !overflow else { return nil }
            elements = product
        }
        guard (shape.last ?? 1) % dtype.blockElements == 0 else { return nil }
        let (bytes, overflow) = (elements / dtype.blockElements).multipliedReportingOverflow(by: dtype.blockBytes)
        return overflow ? nil : bytes
    }
}
