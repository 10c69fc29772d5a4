import Foundation
import Glibc

/// An exclusive lock, flock(2), on a file of mode 0600 that nobody but its owner can open: whoever can open a file or a
/// folder, for reading too, can hold its lock for as long as they like.
///
/// The kernel drops it when its holder ends, however it ends, so a lock that can be taken proves that nobody is at
/// work. The file stays, and holds its last holder's process id.
package final class FileLock: Sendable {
    /// The file that is locked.
    package let path: String
    private let descriptor: Int32

    /// Seconds between two attempts at a lock that somebody holds.
    private static let attemptEvery: useconds_t = 20_000

    private init(_ path: String, _ descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
        // For whoever waits where /proc/locks cannot be read. A disk without room takes nothing from the lock.
        let line = Array("\(getpid())\n".utf8)
        if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, line, line.count, 0) }
    }

    deinit { close(descriptor) }

    /// Takes the lock of a file, which is made where it is missing, waiting up to `seconds` for it.
    ///
    /// - Parameter shown: a holder's command line, which others wrote, as it may stand in a message.
    /// - Throws: `SystemError.locked`, saying who holds it, where the time is over; `.unwritable` where the file cannot
    ///   be opened, or is not lorad's own.
    package convenience init(
        _ path: String, waiting seconds: Double, showing shown: (String) -> String
    ) throws {
        let end = ProcessInfo.processInfo.systemUptime + seconds
        while true {
            if let descriptor = try Self.taken(path) {
                self.init(path, descriptor)
                return
            }
            guard ProcessInfo.processInfo.systemUptime < end else { throw Self.held(path, seconds, shown) }
            usleep(Self.attemptEvery)
        }
    }

    /// The lock of a file, which is made where it is missing; nil where somebody holds it.
    ///
    /// - Throws: `SystemError.unwritable` as above.
    package static func ifFree(_ path: String) throws -> FileLock? {
        try taken(path).map { FileLock(path, $0) }
    }

    /// Removes the file, which is of no further use; the lock is dropped with this object.
    package func remove() { unlink(path) }

    /// False once another file, or none, stands in the place of the one that is locked: its folder was removed or
    /// unmounted, and somebody else could take the lock there.
    package var isInPlace: Bool { Self.stands(descriptor, at: path) }

    /// An open, locked file; nil where somebody else has the lock.
    private static func taken(_ path: String) throws -> Int32? {
        while true {
            let descriptor = try openOwn(path)
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
                if stands(descriptor, at: path) { return descriptor }
                // Removed by its last holder since it was opened: the next one would not meet this lock.
                close(descriptor)
                continue
            }
            let code = errno
            close(descriptor)
            if code == EINTR { continue }
            guard code == EWOULDBLOCK else { throw failure("\(path) cannot be locked.", code) }
            return nil
        }
    }

    private static func stands(_ descriptor: Int32, at path: String) -> Bool {
        var (held, there) = (stat(), stat())
        guard fstat(descriptor, &held) == 0, lstat(path, &there) == 0 else { return false }
        return held.st_ino == there.st_ino && held.st_dev == there.st_dev
    }

    /// Opens the file, making it where it is missing, and makes sure that it is this user's alone.
    private static func openOwn(_ path: String) throws -> Int32 {
        let flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
        let new = open(path, flags | O_CREAT | O_EXCL, 0o600)
        if new >= 0 {
            handOver(new, path)
            return new
        }
        if errno != EEXIST { throw failure("The lock file \(path) cannot be made.", errno) }
        let descriptor = open(path, flags)
        // Removed between the two: made anew.
        if descriptor < 0, errno == ENOENT { return try openOwn(path) }
        guard descriptor >= 0 else {
            throw failure(
                "The lock file \(path) cannot be opened.", errno,
                "It belongs to another account, or is no file: remove it.")
        }
        guard isOwn(descriptor) else {
            close(descriptor)
            throw SystemError(
                .unwritable, "\(path) is not a lock file of this account's own.",
                advice: "Find out who put it there, and remove it.")
        }
        return descriptor
    }

    /// True for a plain file under this one name, this account's, which is then closed to all others. A hard link to a
    /// file of somebody else's could have been put there.
    private static func isOwn(_ descriptor: Int32) -> Bool {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_nlink <= 1,
            status.st_uid == geteuid() || geteuid() == 0
        else { return false }
        // Older lorads made it wider. On a file system that keeps no modes the mount's options decide who may open it.
        if status.st_mode & 0o077 != 0 { fchmod(descriptor, 0o600) }
        return true
    }

    /// What root makes in another account's folder is that account's: it could never take the lock otherwise.
    private static func handOver(_ descriptor: Int32, _ path: String) {
        var folder = stat()
        let parent = (path as NSString).deletingLastPathComponent
        guard geteuid() == 0, stat(parent, &folder) == 0, folder.st_uid != 0 else { return }
        fchown(descriptor, folder.st_uid, folder.st_gid)
    }

    private static func held(_ path: String, _ seconds: Double, _ shown: (String) -> String) -> SystemError {
        let holder = LockHolder.of(path)
        let waited = seconds > 0 ? " It was waited for, for \(Int(seconds.rounded(.up))) s." : ""
        return SystemError(
            .locked,
            "The lock \(path) is held by \(holder?.words(showing: shown) ?? "a process that cannot be told").\(waited)",
            advice: "Try again once that has ended" + (holder.map { ", or end it: kill \($0.pid)." } ?? "."))
    }

    private static func failure(_ message: String, _ code: Int32, _ advice: String? = nil) -> SystemError {
        SystemError(.unwritable, message, cause: FileSystem.reason(code), advice: advice)
    }
}
