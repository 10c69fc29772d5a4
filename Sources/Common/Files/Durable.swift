import Foundation
import Glibc

/// The few system calls that make a change survive a power cut, or are atomic, with their errors in words. Foundation
/// offers neither.
///
/// Each throws `SystemError.unwritable`.
package enum Durable {
    /// Writes a file, over what stands there, and waits until its bytes are on disk.
    package static func write(_ data: Data, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, FileModes.file(at: path))
        guard descriptor >= 0 else { throw failure("written", path) }
        try fill(descriptor, with: data, path)
    }

    /// Writes a new file and waits until its bytes are on disk; nothing may stand at `path`, and nothing is left there
    /// where it fails. The folder is not waited for.
    package static func writeNew(_ data: Data, to path: String) throws {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
        let descriptor = open(path, flags, FileModes.file(at: path))
        guard descriptor >= 0 else { throw failure("made", path) }
        do {
            try fill(descriptor, with: data, path)
        } catch {
            unlink(path)
            throw error
        }
    }

    /// Waits until a file's bytes, or a folder's entries, are on disk.
    package static func synchronize(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("opened to be synchronised", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("synchronised to disk", path) }
    }

    /// Renames within one file system, atomically, and waits until the folder of the new name is on disk.
    package static func rename(_ source: String, to destination: String) throws {
        try renameUnsynchronized(source, to: destination)
        try synchronize((destination as NSString).deletingLastPathComponent)
    }

    /// Renames within one file system, atomically.
    package static func renameUnsynchronized(_ source: String, to destination: String) throws {
        guard Glibc.rename(source, destination) == 0 else { throw failure("renamed to \(destination)", source) }
    }

    /// Points the symbolic link `path` at `target`, replacing an older link in one step.
    package static func link(_ path: String, to target: String, through temporary: String) throws {
        unlink(temporary)
        guard symlink(target, temporary) == 0 else { throw failure("created as a link", temporary) }
        try rename(temporary, to: path)
    }

    /// Gives a file a second name, atomically and never over a name that exists: false where `target` does.
    ///
    /// rename(2) would silently replace it, and renameat2(2)'s `RENAME_NOREPLACE` is not in Swift's Glibc module.
    package static func linkWithoutReplacing(_ source: String, to target: String) throws -> Bool {
        if Glibc.link(source, target) == 0 { return true }
        guard errno == EEXIST else { throw failure("made", target) }
        return false
    }

    /// Writes all of a file, waits for the disk, and closes it.
    private static func fill(_ descriptor: Int32, with data: Data, _ path: String) throws {
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try file.write(contentsOf: data)
            try file.synchronize()
            try file.close()
        } catch {
            throw SystemError(.unwritable, "\(path) cannot be written.", cause: FileSystem.reason(of: error))
        }
    }

    private static func failure(_ what: String, _ path: String) -> SystemError {
        SystemError(.unwritable, "\(path) cannot be \(what).", cause: FileSystem.reason())
    }
}
