import Foundation

/// Writes files so that a crash at any instant leaves the old content or the new, never a part.
package enum AtomicFile {
    /// Writes `data` as `write(to:_:)` does.
    ///
    /// - Throws: `SystemError.unwritable`.
    package static func write(_ data: Data, to path: String) throws {
        try write(to: path) { output in try data.withUnsafeBytes { try output.write($0) } }
    }

    /// Writes beside `path`, flushes, renames over it and flushes the folder. Where `body` throws, nothing is left.
    ///
    /// - Throws: `SystemError.unwritable`, or what `body` throws.
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

    /// Puts a file in the place of another by rename, so that a reader never sees half. Nothing is flushed: for what is
    /// of no use after a crash.
    ///
    /// - Throws: `SystemError.unwritable`.
    package static func replace(_ data: Data, at path: String) throws {
        let temporary = path + ".partial"
        let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW
        let descriptor = open(temporary, flags, FileModes.file(at: path))
        guard descriptor >= 0 else { throw AtomicFileOutput.failure(path) }
        do {
            let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            try file.write(contentsOf: data)
            try file.close()
        } catch {
            throw SystemError(.unwritable, "\(path) cannot be written.", cause: FileSystem.reason(of: error))
        }
        guard rename(temporary, path) == 0 else { throw AtomicFileOutput.failure(path) }
    }

    /// Makes a rename in the folder of `path` survive a power cut, where the file system can flush folders.
    private static func flushFolder(of path: String) throws {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw AtomicFileOutput.failure(folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP else {
            throw AtomicFileOutput.failure(folder)
        }
    }
}
