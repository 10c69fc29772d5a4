import Foundation

/// Writes files so that a crash at any instant leaves the old content or the new, never a part.
package enum AtomicFile {
    /// Writes `data` as `write(to:_:)` does.
    ///
    /// - Throws: `ModelFilesError.unwritable`.
    package static func write(_ data: Data, to path: String) throws {
        try write(to: path) { output in try data.withUnsafeBytes { try output.write($0) } }
    }

    /// Writes beside `path`, flushes, renames over it and flushes the folder. Where `body` throws, nothing is left.
    ///
    /// - Throws: `ModelFilesError.unwritable`, or what `body` throws.
    package static func write(to path: String, _ body: (AtomicFileOutput) throws -> Void) throws {
        let temporary = "\(path).partial-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        let output = try AtomicFileOutput(path: temporary, target: path)
        do {
            try body(output)
            try output.close()
            guard rename(temporary, path) == 0 else { throw AtomicFileOutput.failure(path) }
        } catch {
            unlink(temporary)
            throw error
        }
        try flushFolder(of: path)
    }

    /// Makes a rename in the folder of `path` survive a power cut.
    ///
    /// - Throws: `ModelFilesError.unwritable`; not for a file system that cannot flush folders.
    package static func flushFolder(of path: String) throws {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw AtomicFileOutput.failure(folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP else {
            throw AtomicFileOutput.failure(folder)
        }
    }
}
