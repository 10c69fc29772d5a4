import Common
import Tensors

/// A tensor to be written.
package struct TensorEntry {
    package let name: String
    /// Outermost dimension first.
    package let shape: [Int]
    /// Makes the elements when their turn to be written comes, so that a large model need not be in memory at once.
    let load: () throws -> Matrix
    /// Where its bytes lie already, in the one type that they need no conversion for.
    let stored: Stored?
    private var whenWritten: (() -> Void)?

    /// A tensor's place in a mapped file.
    struct Stored {
        let info: TensorInfo
        let file: MappedFile
    }

    /// A tensor whose elements are there. The shape is the matrix's own unless given, such as `[n]` for a vector.
    package init(name: String, matrix: Matrix, shape: [Int]? = nil) {
        self.init(name: name, shape: shape ?? [matrix.rows, matrix.columns]) { matrix }
    }

    /// A tensor whose elements are made when they are written.
    package init(name: String, shape: [Int], load: @escaping () throws -> Matrix) {
        self.init(name: name, shape: shape, stored: nil, load: load)
    }

    /// The same tensor under another name.
    package func renamed(_ name: String) -> TensorEntry {
        var entry = TensorEntry(name: name, shape: shape, stored: stored, load: load)
        entry.whenWritten = whenWritten
        return entry
    }

    /// The same tensor; `whenWritten` is called each time that all of it was written to a file.
    package func telling(_ whenWritten: @escaping () -> Void) -> TensorEntry {
        var entry = self
        entry.whenWritten = whenWritten
        return entry
    }

    private init(name: String, shape: [Int], stored: Stored?, load: @escaping () throws -> Matrix) {
        self.name = name
        self.shape = shape
        self.stored = stored
        self.load = load
    }

    /// A tensor of another file: written in its own type it keeps its bytes, whether or not lorad can read them.
    init(_ info: TensorInfo, of source: some MappedTensorSource) {
        self.init(name: info.name, shape: info.shape, stored: Stored(info: info, file: source.file)) {
            let matrix = Matrix(rows: info.rows, columns: info.columns)
            try source.read(info.name, into: matrix)
            return matrix
        }
    }

    /// By the bytes of the names.
    ///
    /// - Throws: `ModelFilesError.mismatch` where a name is given twice.
    static func sorted(_ entries: [TensorEntry], for path: String) throws -> [TensorEntry] {
        let sorted = entries.sorted { ExactString($0.name) < ExactString($1.name) }
        for (entry, next) in zip(sorted, sorted.dropFirst()) where entry.name == next.name {
            throw ModelFilesError(.mismatch, "\(path): the tensor \(quoted(entry.name)) is given twice.")
        }
        return sorted
    }

    /// Appends the elements, row after row.
    ///
    /// - Throws: `SystemError.unwritable`; `ModelFilesError.mismatch` where the matrix does not have the elements of
    ///   the shape; `.unsupported` where a value cannot be expressed in `dtype`.
    func write(as dtype: FileDType, to output: AtomicFileOutput, path: String) throws {
        if let stored, stored.info.dtype == dtype {
            try copy(stored, to: output)
        } else {
            try encode(as: dtype, to: output, path: path)
        }
        whenWritten?()
    }

    private func encode(as dtype: FileDType, to output: AtomicFileOutput, path: String) throws {
        let matrix = try load()
        let info = TensorInfo(name: name, dtype: dtype, shape: shape, start: 0)
        guard info?.rows == matrix.rows, info?.columns == matrix.columns else {
            throw ModelFilesError(
                .mismatch,
                "\(path): the tensor \(quoted(name)) of shape \(shape) is given as \(matrix.rows) × \(matrix.columns).")
        }
        let rowBytes = matrix.columns / dtype.blockElements * dtype.blockBytes
        let rowsPerWrite = max(1, (1 << 20) / max(1, matrix.columns))
        for start in stride(from: 0, to: matrix.rows, by: rowsPerWrite) {
            let count = min(rowsPerWrite, matrix.rows - start)
            let (bytes, refused) = Self.encoded(matrix.rows(start..<(start + count)), dtype, rowBytes: rowBytes)
            if let refused {
                throw ModelFilesError(
                    .unsupported,
                    "\(path): row \(start + refused) of the tensor \(quoted(name)) has a value that \(dtype.rawValue) cannot hold."
                )
            }
            try bytes.withUnsafeBytes { try output.write($0) }
        }
    }

    /// Rows as they are stored, and the first that has a value which the type cannot hold.
    private static func encoded(
        _ rows: Matrix, _ dtype: FileDType, rowBytes: Int
    ) -> (bytes: [UInt8], refused: Int?) {
        var bytes = [UInt8](repeating: 0, count: rows.rows * rowBytes)
        // Rows are shared among threads in pieces that pay for being handed over.
        let rowsPerPiece = max(1, (1 << 13) / max(1, rows.columns))
        let pieces = (rows.rows + rowsPerPiece - 1) / rowsPerPiece
        var refused = [Int?](repeating: nil, count: pieces)
        bytes.withUnsafeMutableBytes { target in
            refused.withUnsafeMutableBufferPointer { refused in
                nonisolated(unsafe) let (target, refused) = (target, refused)
                Threads.tasks(pieces) { piece in
                    refused[piece] = ((piece * rowsPerPiece)..<min((piece + 1) * rowsPerPiece, rows.rows)).first {
                        row in
                        let place = UnsafeMutableRawBufferPointer(
                            rebasing: target[(row * rowBytes)..<((row + 1) * rowBytes)])
                        return !rows.withRow(row) { Quantisation.encode($0, dtype: dtype, into: place) }
                    }
                }
            }
        }
        return (bytes, refused.lazy.compactMap { $0 }.first)
    }

    private func copy(_ stored: Stored, to output: AtomicFileOutput) throws {
        let range = stored.info.range
        for start in stride(from: range.lowerBound, to: range.upperBound, by: MappedFile.pieceBytes) {
            let piece = start..<min(start + MappedFile.pieceBytes, range.upperBound)
            try stored.file.withBytes(in: piece) { try output.write($0) }
        }
    }
}
