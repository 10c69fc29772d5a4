import ModelFiles
import Tensors

/// A set of named matrices with text beside it, in one file: how training state is kept.
package enum NamedMatrices {
    /// Replaces `path` atomically.
    ///
    /// - Throws: `SystemError.unwritable`.
    package static func write(_ matrices: [(name: String, matrix: Matrix)], metadata: [String: String], to path: String)
        throws
    {
        try SafetensorsWriter.write(
            matrices.map { SafetensorsWriter.Entry(name: $0.name, matrix: $0.matrix) }, metadata: metadata, to: path)
    }

    /// Reads every one of `matrices` in place and returns the text beside them.
    ///
    /// - Throws: `ModelFilesError` where the file is absent or damaged or lacks a matrix of that shape.
    package static func read(_ matrices: [(name: String, matrix: Matrix)], from path: String) throws -> [String: String]
    {
        let file = try SafetensorsFile(path: path)
        for (name, matrix) in matrices { try file.read(name, into: matrix) }
        return file.metadata
    }
}
