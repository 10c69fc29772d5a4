import Foundation
import Glibc

/// Keeps a second worker off the same folders: flock(2) on `worker.lock`, let go by the kernel when the holder dies.
package final class WorkerLock: Sendable {
    private let descriptor: Int32
    private let path: String

    /// Takes the lock or throws `.locked`, naming the holder's process id.
    package init(path: String, holder: ProcessIdentity) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw WorkerError(.unwritable, "The lock file \(path) cannot be opened.", cause: FileSystem.reason())
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            guard code == EWOULDBLOCK else {
                throw WorkerError(.unwritable, "\(path) cannot be locked.", cause: FileSystem.reason(code))
            }
            throw Self.held(path)
        }
        self.descriptor = descriptor
        self.path = path
        let line = Array("\(holder.pid)\n".utf8)
        guard ftruncate(descriptor, 0) == 0, write(descriptor, line, line.count) == line.count else {
            let cause = FileSystem.reason()
            close(descriptor)
            throw WorkerError(.unwritable, "The lock file \(path) cannot be written.", cause: cause)
        }
    }

    deinit { close(descriptor) }

    /// False once the lock file is no longer the one that is locked: its folder was removed, or unmounted, and another
    /// worker could start in its place.
    package var isInPlace: Bool {
        var held = stat()
        guard fstat(descriptor, &held) == 0, let there = FileSystem.status(path) else { return false }
        return there.st_ino == held.st_ino && there.st_dev == held.st_dev
    }

    /// The process that holds a lock file now; nil where none does, or /proc/locks cannot be read. The lock itself is not
    /// touched: a worker that starts at this moment must get it.
    static func holder(of path: String) -> Int32? {
        guard let status = FileSystem.status(path),
            let locks = try? String(contentsOfFile: "/proc/locks", encoding: .utf8)
        else { return nil }
        return holder(inode: UInt64(status.st_ino), locks: locks)
    }

    /// The same from the text of /proc/locks, see proc(5): `1: FLOCK ADVISORY WRITE PID MAJOR:MINOR:INODE 0 EOF`.
    static func holder(inode: UInt64, locks: String) -> Int32? {
        for line in locks.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 5, fields[1] == "FLOCK", fields[5].hasSuffix(":\(inode)") else { continue }
            return Int32(fields[4])
        }
        return nil
    }

    private static func held(_ path: String) -> WorkerError {
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        let pid = text.trimmingCharacters(in: .whitespacesAndNewlines)
        let holder = pid.isEmpty ? "Another worker" : "The worker with process id \(pid)"
        return WorkerError(
            .locked, "\(holder) already works on these folders (it holds \(path)).",
            advice: "Submit to it with `lorad submit`, or stop it first.")
    }
}
