import Common
import Foundation
import Tensors

/// A set of named tensors in files.
package protocol TensorSource: AnyObject, Sendable {
    /// By the file's own names.
    var tensors: [String: TensorInfo] { get }

    /// Reads some rows of a tensor as float32 into a matrix of that many rows.
    ///
    /// - Throws: `ModelFilesError.missing` for an unknown name, `.mismatch` where `matrix` has another shape,
    ///   `.unsupported` for elements that lorad does not read.
    func read(_ name: String, rows: Range<Int>, into matrix: Matrix) throws

    /// A tensor's bytes.
    ///
    /// - Throws: as `read(_:rows:into:)` of a name that is not there.
    func blocks(_ name: String) throws -> StoredBlocks

    /// What errors call this source.
    var location: String { get }
}

extension TensorSource {
    /// Reads a whole tensor as float32; vectors as `[1, n]`.
    ///
    /// - Throws: as `read(_:rows:into:)`.
    package func read(_ name: String, into matrix: Matrix) throws {
        try read(name, rows: 0..<(try info(name).rows), into: matrix)
    }

    /// The description of a tensor that must be there.
    ///
    /// - Throws: `ModelFilesError.missing`, with the closest name.
    package func info(_ name: String) throws -> TensorInfo {
        if let info = tensors[name] { return info }
        let closest = Suggestion.closest(to: name, among: tensors.keys.sorted())
        throw ModelFilesError(
            .missing, "\(location) holds no tensor \(quoted(name)).",
            advice: closest.map { "The closest name is \(quoted($0))." })
    }
}

/// A tensor source over one mapped file.
protocol MappedTensorSource: TensorSource {
    var file: MappedFile { get }
}

extension MappedTensorSource {
    package var location: String { file.path }

    package func read(_ name: String, rows: Range<Int>, into matrix: Matrix) throws {
        let info = try info(name)
        guard info.dtype.isReadable else {
            throw ModelFilesError(
                .unsupported,
                "The tensor \(quoted(name)) in \(file.path) holds elements of type \(info.dtype.rawValue).",
                advice: "lorad reads \(FileDType.readableNames).")
        }
        guard rows.lowerBound >= 0, rows.upperBound <= info.rows, matrix.rows == rows.count,
            matrix.columns == info.columns
        else {
            throw ModelFilesError(
                .mismatch,
                "The tensor \(quoted(name)) in \(file.path) has the shape \(info.shape); rows \(rows.lowerBound) up to "
                    + "\(rows.upperBound) of it do not fill a matrix of \(matrix.rows) × \(matrix.columns).")
        }
        let rowsAtOnce = max(1, MappedFile.pieceBytes / max(1, info.rowBytes))
        for first in stride(from: 0, to: rows.count, by: rowsAtOnce) {
            let piece = matrix.rows(first..<min(first + rowsAtOnce, rows.count))
            let start = info.range.lowerBound + (rows.lowerBound + first) * info.rowBytes
            try file.withBytes(in: start..<(start + piece.rows * info.rowBytes)) { bytes in
                decode(bytes, of: info, into: piece)
            }
        }
    }

    package func blocks(_ name: String) throws -> StoredBlocks {
        let info = try info(name)
        return StoredBlocks(info, try file.withBytes(in: info.range) { Data($0) })
    }

    /// Decodes in pieces of whole rows, large enough that handing one to a thread pays.
    private func decode(_ bytes: UnsafeRawBufferPointer, of info: TensorInfo, into matrix: Matrix) {
        let rowsPerPiece = max(1, (1 << 16) / max(1, info.columns))
        Threads.tasks((matrix.rows + rowsPerPiece - 1) / rowsPerPiece) { piece in
            for row in (piece * rowsPerPiece)..<min((piece + 1) * rowsPerPiece, matrix.rows) {
                let range = (row * info.rowBytes)..<((row + 1) * info.rowBytes)
                let source = UnsafeRawBufferPointer(rebasing: bytes[range])
                matrix.withRow(row) { Dequantisation.decode(source, dtype: info.dtype, into: $0) }
            }
        }
    }
}
