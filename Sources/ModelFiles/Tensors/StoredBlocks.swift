import Foundation
import Tensors

/// A tensor as its file holds it: whole blocks, one row's after the other's, which are numbers only to who decodes them.
package struct StoredBlocks: Sendable, Equatable {
    package let dtype: FileDType
    package let rows: Int
    package let columns: Int
    /// `rows` times the bytes of a row.
    package private(set) var bytes: Data

    init(_ info: TensorInfo, _ bytes: Data) {
        (dtype, rows, columns, self.bytes) = (info.dtype, info.rows, info.columns, bytes)
    }

    /// Bytes from one row's start to the next.
    package var rowBytes: Int { rows > 0 ? bytes.count / rows : 0 }

    /// The same rows in another order.
    ///
    /// - Parameter source: the row that is to stand at a place.
    func reordered(_ source: (Int) -> Int) -> StoredBlocks {
        var result = self
        result.bytes = Data(capacity: bytes.count)
        for row in 0..<rows {
            let start = bytes.startIndex + source(row) * rowBytes
            result.bytes += bytes[start..<(start + rowBytes)]
        }
        return result
    }

    /// Decodes all of it.
    ///
    /// - Precondition: `matrix` is of `rows` and `columns`, and lorad reads the type.
    package func decode(into matrix: Matrix) {
        precondition(matrix.rows == rows && matrix.columns == columns && dtype.isReadable)
        bytes.withUnsafeBytes { bytes in
            for row in 0..<rows {
                let source = UnsafeRawBufferPointer(rebasing: bytes[(row * rowBytes)..<((row + 1) * rowBytes)])
                matrix.withRow(row) { Dequantisation.decode(source, dtype: dtype, into: $0) }
            }
        }
    }
}
