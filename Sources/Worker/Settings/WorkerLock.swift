import Common
import Foundation
import ModelFiles
import OperatingSystem

/// Keeps a second worker off the same folders: the lock of `worker.lock`, let go by the kernel when the holder dies.
package final class WorkerLock: Sendable {
    private let lock: FileLock

    /// Takes the lock.
    ///
    /// - Throws: `WorkerError.locked`, naming the process that holds it; `SystemError.unwritable` where it cannot be
    ///   taken.
    package init(path: String) throws {
        guard let lock = try FileLock.ifFree(path) else { throw Self.held(path) }
        self.lock = lock
    }

    /// False once the lock file is no longer the one that is locked: its folder was removed, or unmounted, and another
    /// worker could start in its place.
    package var isInPlace: Bool { lock.isInPlace }

    private static func held(_ path: String) -> WorkerError {
        let holder = LockHolder.of(path)
        let name = holder.map { "The worker with process id \($0.pid)" } ?? "Another worker"
        let command = holder?.command.map { " as \(quoted($0))" } ?? ""
        return WorkerError(
            .locked, "\(name) already works on these folders (it holds \(path)\(command)).",
            advice: "Submit to it with `lorad submit`, or stop it first.")
    }
}
