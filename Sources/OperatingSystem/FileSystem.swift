import Foundation
import Glibc
import ModelFiles

/// The few file-system calls whose atomicity or durability long-lived processes rest on (Foundation offers neither).
package enum FileSystem {
    /// The `errno` of the last call, as text.
    package static func reason(_ code: Int32 = errno) -> String { String(cString: strerror(code)) }

    /// What lstat(2) says, or stat(2) with `followingLinks`; nil where there is nothing, or it cannot be asked.
    package static func status(_ path: String, followingLinks: Bool = false) -> stat? {
        var status = stat()
        let result = followingLinks ? stat(path, &status) : lstat(path, &status)
        return result == 0 ? status : nil
    }

    /// Whether anything lies there, a broken link included.
    package static func exists(_ path: String) -> Bool { status(path) != nil }

    /// Whether it is a folder, or a link to one.
    package static func isFolder(_ path: String) -> Bool {
        status(path, followingLinks: true).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
    }

    /// Makes `path` and its parents; a folder that exists is left as it is.
    package static func makeFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw WorkerError(.unwritable, "The folder \(path) cannot be made.", cause: error.localizedDescription)
        }
    }

    /// Makes `path` for this account alone, whatever the umask, and its parents as usual; a folder that exists is left as it
    /// is.
    package static func makePrivateFolder(_ path: String) throws {
        if mkdir(path, 0o700) == 0 { return }
        if errno == ENOENT {
            try makeFolder((path as NSString).deletingLastPathComponent)
            if mkdir(path, 0o700) == 0 { return }
        }
        let code = errno
        guard code == EEXIST, isFolder(path) else {
            throw WorkerError(.unwritable, "The folder \(path) cannot be made.", cause: reason(code))
        }
    }

    /// Gives a file a second name, atomically and never over a name that exists: false where `target` does.
    ///
    /// rename(2) would silently replace it, and renameat2(2)'s `RENAME_NOREPLACE` is not in Swift's Glibc module.
    package static func linkWithoutReplacing(_ source: String, to target: String) throws -> Bool {
        if link(source, target) == 0 { return true }
        guard errno == EEXIST else {
            throw WorkerError(.unwritable, "\(target) cannot be made.", cause: reason())
        }
        return false
    }

    /// The path itself, or the nearest folder above it that exists.
    package static func nearest(_ path: String) -> String {
        var url = URL(fileURLWithPath: path).standardizedFileURL
        while !exists(url.path), url.path != "/" { url.deleteLastPathComponent() }
        return url.path
    }

    /// Flushes a folder's entries, so that a rename in it survives a power cut.
    package static func syncFolder(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw WorkerError(.unwritable, "The folder \(path) cannot be opened.", cause: reason())
        }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw WorkerError(.unwritable, "The folder \(path) cannot be flushed to disk.", cause: reason())
        }
    }

    /// Flushes a file's bytes.
    package static func syncFile(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw WorkerError(.unwritable, "The file \(path) cannot be opened.", cause: reason())
        }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw WorkerError(.unwritable, "The file \(path) cannot be flushed to disk.", cause: reason())
        }
    }

    /// Writes a new file and flushes it; `path` must not exist. The folder is not flushed.
    package static func writeNewFile(_ bytes: [UInt8], to path: String) throws {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
        let descriptor = open(path, flags, FileModes.file(at: path))
        guard descriptor >= 0 else {
            throw WorkerError(.unwritable, "The file \(path) cannot be made.", cause: reason())
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try file.write(contentsOf: Data(bytes))
            try file.synchronize()
            try file.close()
        } catch {
            unlink(path)
            throw WorkerError(.unwritable, "The file \(path) cannot be written.", cause: error.localizedDescription)
        }
    }

    /// Puts a file in the place of another by rename, so that a reader never sees half. Not flushed: for what is of no use
    /// after a crash.
    package static func replaceFile(_ bytes: Data, at path: String) throws {
        let temporary = path + ".partial"
        let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW
        let descriptor = open(temporary, flags, FileModes.file(at: path))
        guard descriptor >= 0 else {
            throw WorkerError(.unwritable, "The file \(path) cannot be written.", cause: reason())
        }
        do {
            let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            try file.write(contentsOf: bytes)
            try file.close()
        } catch {
            throw WorkerError(.unwritable, "The file \(path) cannot be written.", cause: error.localizedDescription)
        }
        guard rename(temporary, path) == 0 else {
            throw WorkerError(.unwritable, "The file \(path) cannot be written.", cause: reason())
        }
    }

    /// Names in a folder, without `.` and `..`, in no particular order.
    ///
    /// - Throws: `.missing` where there is no such folder; `.system` where it is there and cannot be read, now.
    package static func names(in folder: String) throws -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            // What the kernel had no descriptor for, or a disk could not read, has not vanished.
            throw WorkerError(
                isFolder(folder) ? .system : .missing, "The folder \(folder) cannot be read.", cause: reason(of: error))
        }
    }

    /// What the system had to say to Foundation, whose own words are a number.
    private static func reason(of error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        guard let underlying, underlying.domain == NSPOSIXErrorDomain else { return error.localizedDescription }
        return reason(Int32(underlying.code))
    }
}
