import Glibc

/// Lets other threads end a poll(2): a pipe of which the poll waits for one end.
package final class WakePipe: Sendable {
    /// Readable once somebody called `wake`.
    package let descriptor: Int32
    private let writeEnd: Int32

    /// Throws `.system` where the system has no pipe to give.
    package init() throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else {
            throw WorkerError(.system, "No pipe could be made.", cause: FileSystem.reason())
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

    /// Ends the poll. A full pipe wakes just as well: what does not fit is not missed.
    package func wake() {
        var byte: UInt8 = 1
        _ = write(writeEnd, &byte, 1)
    }

    /// Takes out what `wake` put in, before the next poll.
    package func drain() {
        var bytes = [UInt8](repeating: 0, count: 256)
        while read(descriptor, &bytes, bytes.count) > 0 {}
    }
}
