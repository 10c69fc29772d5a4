import Foundation
import Glibc

/// Looks at files and folders, and makes folders.
package enum FileSystem {
    /// The `errno` of the last call, as text.
    package static func reason(_ code: Int32 = errno) -> String { String(cString: strerror(code)) }

    /// What the kernel says of a path; nil where nothing stands there.
    package static func status(_ path: String, followingLinks: Bool = false) -> stat? {
        var status = stat()
        let result = followingLinks ? stat(path, &status) : lstat(path, &status)
        return result == 0 ? status : nil
    }

    /// Whether anything, a dangling link included, stands at `path`.
    package static func exists(_ path: String) -> Bool { status(path) != nil }

    /// Whether a folder, or a link to one, stands at `path`.
    package static func isFolder(_ path: String) -> Bool {
        status(path, followingLinks: true).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
    }

    /// Whether a folder itself, and no link to one, stands at `path`.
    package static func isRealFolder(_ path: String) -> Bool {
        status(path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
    }

    /// Makes `path` and its parents; a folder that exists is left as it is.
    ///
    /// - Throws: `SystemError.unwritable`.
    package static func makeFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw SystemError(.unwritable, "The folder \(path) cannot be made.", cause: FileSystem.reason(of: error))
        }
    }

    /// Makes `path` for this account alone, whatever the umask, and its parents as usual; a folder that exists is left
    /// as it is.
    ///
    /// - Throws: `SystemError.unwritable`.
    package static func makePrivateFolder(_ path: String) throws {
        if mkdir(path, 0o700) == 0 { return }
        if errno == ENOENT {
            try makeFolder((path as NSString).deletingLastPathComponent)
            if mkdir(path, 0o700) == 0 { return }
        }
        let code = errno
        guard code == EEXIST, isFolder(path) else {
            throw SystemError(.unwritable, "The folder \(path) cannot be made.", cause: reason(code))
        }
    }

    /// The path itself, or the nearest folder above it that exists.
    package static func nearest(_ path: String) -> String {
        var url = URL(fileURLWithPath: path).standardizedFileURL
        while !exists(url.path), url.path != "/" { url.deleteLastPathComponent() }
        return url.path
    }

    /// Names in a folder, without `.` and `..`, in no particular order.
    ///
    /// - Throws: `SystemError.missing` where there is no such folder; `.refused` where it is there and cannot be read,
    ///   now.
    package static func names(in folder: String) throws -> [String] {
        // Foundation's own words for what the system says are a number.
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(folder, cause: reason()) }
        close(descriptor)
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw unreadable(folder, cause: reason(of: error))
        }
    }

    /// Why something with a file failed, in the system's words where Foundation passes them on.
    package static func reason(of error: any Error) -> String {
        let error = error as NSError
        let underlying = error.userInfo[NSUnderlyingErrorKey] as? NSError
        if let underlying, underlying.domain == NSPOSIXErrorDomain { return reason(Int32(underlying.code)) }
        guard error.domain == NSCocoaErrorDomain else { return error.localizedDescription }
        switch CocoaError.Code(rawValue: error.code) {
        case .fileNoSuchFile, .fileReadNoSuchFile: return reason(ENOENT)
        case .fileReadNoPermission, .fileWriteNoPermission: return reason(EACCES)
        case .fileWriteFileExists: return reason(EEXIST)
        case .fileWriteOutOfSpace: return reason(ENOSPC)
        case .fileWriteVolumeReadOnly: return reason(EROFS)
        default: return error.localizedDescription
        }
    }

    /// What the kernel had no descriptor for, or a disk could not read, has not vanished.
    private static func unreadable(_ folder: String, cause: String) -> SystemError {
        SystemError(isFolder(folder) ? .refused : .missing, "The folder \(folder) cannot be read.", cause: cause)
    }
}
