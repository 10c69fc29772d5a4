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

    /// Reads every one of `matrices` in place and returns what `accept` makes of the text beside them.
    ///
    /// - Parameter accept: judges the text, before any matrix is read.
    /// - Throws: `ModelFilesError` where the file is absent or damaged or lacks a matrix of that shape; what `accept`
    ///   throws.
    package static func read<Note>(
        _ matrices: [(name: String, matrix: Matrix)], from path: String, accept: ([String: String]) throws -> Note
    ) throws -> Note {
        let file = try SafetensorsFile(path: path)
        let note = try accept(file.metadata)
        for (name, matrix) in matrices { try file.read(name, into: matrix) }
        return note
    }
}
