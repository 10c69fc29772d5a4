import Foundation
import ModelFiles

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The few system calls that make a change survive a power cut, with their errors in words.
enum Durable {
    /// Writes a file and waits until its bytes are on disk.
    static func write(_ data: Data, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, FileModes.file(at: path))
        guard descriptor >= 0 else { throw failure("written", path) }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try file.write(contentsOf: data)
        } catch {
            throw PipelineError(.unwritable, "\(path) cannot be written.", cause: error.localizedDescription)
        }
        try synchronize(path)
    }

    /// Waits until a file's bytes, or a folder's entries, are on disk.
    static func synchronize(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("opened to be synchronised", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("synchronised to disk", path) }
    }

    /// Renames within one file system, atomically, and waits until the folder of the new name is on disk.
    static func rename(_ source: String, to destination: String) throws {
        try renameUnsynchronized(source, to: destination)
        try synchronize((destination as NSString).deletingLastPathComponent)
    }

    /// Renames within one file system, atomically.
    static func renameUnsynchronized(_ source: String, to destination: String) throws {
        guard Foundation.rename(source, destination) == 0 else { throw failure("renamed to \(destination)", source) }
    }

    /// Points the symbolic link `path` at `target`, replacing an older link in one step.
    static func link(_ path: String, to target: String, through temporary: String) throws {
        unlink(temporary)
        guard symlink(target, temporary) == 0 else { throw failure("created as a link", temporary) }
        try rename(temporary, to: path)
    }

    /// Whether anything, a dangling link included, stands at `path`.
    static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    private static func failure(_ what: String, _ path: String) -> PipelineError {
        PipelineError(.unwritable, "\(path) cannot be \(what).", cause: String(cString: strerror(errno)))
    }
}
