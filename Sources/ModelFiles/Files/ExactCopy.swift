import Common
import Digests
import Foundation

/// A file's bytes under another path.
package enum ExactCopy {
    /// Copies `source` piece by piece: `target` is flushed to disk before it appears.
    ///
    /// - Returns: SHA-256 of what was copied.
    /// - Throws: `ModelFilesError.missing` where there is no regular file to read, `.mismatch` where it changes meanwhile;
    ///   `SystemError.unwritable`.
    @discardableResult
    package static func write(_ source: String, to target: String) throws -> String {
        let file = try OpenedFile(source, rule: .anything)
        let identity = try file.identity()
        var hasher = SHA256()
        try AtomicFile.write(to: target) { output in
            try file.readPieces { piece in
                hasher.update(piece)
                try output.write(piece)
            }
            guard try file.identity() == identity else { throw ModelFilesError.changed(source) }
        }
        return hasher.hexadecimal()
    }
}
