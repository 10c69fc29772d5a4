import Foundation

/// Writes files so that a crash at any instant leaves the old content or the new, never a part.
package enum AtomicFile {
    /// Writes beside `path`, flushes, renames over it and flushes the folder.
    ///
    /// - Throws: `ModelFilesError.unwritable`.
    package static func write(_ data: Data, to path: String) throws {
        let temporary = "\(path).partial-\(getpid())"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure(path) }
        do {
            defer { close(descriptor) }
            try data.withUnsafeBytes { bytes in
                var written = 0
                while written < bytes.count {
                    let count = Foundation.write(descriptor, bytes.baseAddress! + written, bytes.count - written)
                    guard count > 0 else { throw failure(path) }
                    written += count
                }
            }
            guard fsync(descriptor) == 0 else { throw failure(path) }
        } catch {
            unlink(temporary)
            throw error
        }
        guard rename(temporary, path) == 0 else { throw failure(path) }
        flushFolder(of: path)
    }

    /// Makes a rename in the folder of `path` survive a power cut.
    package static func flushFolder(of path: String) {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private static func failure(_ path: String) -> ModelFilesError {
        ModelFilesError(
            .unwritable, "\(path) cannot be written: \(String(cString: strerror(errno))).",
            advice: "Check the folder's permissions and the free space.")
    }
}
