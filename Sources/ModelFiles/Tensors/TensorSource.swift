import Tensors

/// A set of named tensors in files.
package protocol TensorSource: AnyObject, Sendable {
    /// By the file's own names.
    var tensors: [String: TensorInfo] { get }
    /// Reads a whole tensor as float32; vectors as `[1, n]`.
    ///
    /// - Throws: `ModelFilesError.missing` for an unknown name, `.mismatch` where `matrix` has another shape.
    func read(_ name: String, into matrix: Matrix) throws
}

/// A tensor source over one mapped file.
protocol MappedTensorSource: TensorSource {
    var file: MappedFile { get }
}

extension MappedTensorSource {
    package func read(_ name: String, into matrix: Matrix) throws {
        guard let info = tensors[name] else {
            throw ModelFilesError(.missing, "\(file.path) holds no tensor \(quoted(name)).")
        }
        guard matrix.rows == info.rows, matrix.columns == info.columns else {
            throw ModelFilesError(
                .mismatch,
                "The tensor \(quoted(name)) in \(file.path) has the shape \(info.shape), not \(matrix.rows) × \(matrix.columns)."
            )
        }
        try file.withBytes(in: info.range) { bytes in
            let rowBytes = info.columns / info.dtype.blockElements * info.dtype.blockBytes
            for row in 0..<matrix.rows {
                let source = UnsafeRawBufferPointer(rebasing: bytes[(row * rowBytes)..<((row + 1) * rowBytes)])
                matrix.withRow(row) { Dequantisation.decode(source, dtype: info.dtype, into: $0) }
            }
        }
    }
}
