import Glibc

/// A pipe from this process to itself: another thread, or a signal's handler, ends the poll(2) of whoever waits.
package final class SelfPipe: Sendable {
    /// Readable once somebody called `wake`; for poll(2).
    package let descriptor: Int32
    /// For a signal's handler, which may do no more than `SelfPipe.wake` with it.
    package let writeEnd: Int32

    /// - Throws: `SystemError.refused`.
    package init() throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else {
            throw SystemError(.refused, "No pipe could be made.", cause: FileSystem.reason())
        }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        (descriptor, writeEnd) = (ends[0], ends[1])
    }

    deinit {
        close(descriptor)
        close(writeEnd)
    }

    package func wake() { Self.wake(writeEnd) }

    /// Async-signal-safe, see signal-safety(7). A full pipe wakes just as well: what does not fit is not missed.
    package static func wake(_ writeEnd: Int32) {
        var byte: UInt8 = 1
        _ = write(writeEnd, &byte, 1)
    }

    /// Takes out what was written.
    ///
    /// - Returns: false where nobody called `wake` since the last time.
    @discardableResult
    package func drain() -> Bool {
        var bytes = [UInt8](repeating: 0, count: 256)
        var wasWoken = false
        while read(descriptor, &bytes, bytes.count) > 0 { wasWoken = true }
        return wasWoken
    }
}
