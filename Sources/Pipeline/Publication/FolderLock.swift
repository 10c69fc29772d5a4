import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// An exclusive lock on a folder (flock(2)). The kernel drops it when its holder ends, however it ends, so a lock that
/// can be taken proves that nobody is at work there.
package final class FolderLock {
    private let descriptor: Int32

    /// Waits for the lock of `folder`.
    ///
    /// - Throws: `PipelineError.unwritable` where it cannot be locked.
    package convenience init(waitingFor folder: String) throws {
        guard let descriptor = Self.take(folder, LOCK_EX) else {
            throw PipelineError(
                .unwritable, "The folder \(folder) cannot be locked.", cause: String(cString: strerror(errno)))
        }
        self.init(adopting: descriptor)
    }

    /// Takes the lock of `folder` if nobody holds it.
    package convenience init?(ifFree folder: String) {
        guard let descriptor = Self.take(folder, LOCK_EX | LOCK_NB) else { return nil }
        self.init(adopting: descriptor)
    }

    private init(adopting descriptor: Int32) {
        self.descriptor = descriptor
    }

    private static func take(_ folder: String, _ operation: Int32) -> Int32? {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        while flock(descriptor, operation) != 0 {
            if errno == EINTR { continue }
            close(descriptor)
            return nil
        }
        return descriptor
    }

    deinit {
        close(descriptor)
    }
}
