import Common
import Foundation
import Glibc
import OperatingSystem
import Synchronization

/// Reads what the worker says, one message a line, on one thread at a time.
package final class CommandReader: Sendable {
    private let unread = Mutex<[UInt8]>([])

    package init() {}

    /// The next message; nil at the end of the input, which comes when the worker dies.
    package func next<Message: Decodable & Sendable>() -> Message? {
        unread.withLock { bytes in
            var chunk = [UInt8](repeating: 0, count: 65_536)
            while true {
                if let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
                    let line = String(decoding: bytes[..<end], as: UTF8.self)
                    bytes.removeSubrange(...end)
                    return try? MessageLine.read(line)
                }
                let count = read(STDIN_FILENO, &chunk, chunk.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return nil }
                bytes += chunk[..<count]
            }
        }
    }
}

/// Writes messages to the worker, one a line, from any thread.
package final class ReportWriter: Sendable {
    private let file: Mutex<FileHandle>

    /// Takes standard output for itself: what else is printed goes to standard error.
    package init() throws {
        let descriptor = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
        guard descriptor >= 0, dup2(STDERR_FILENO, STDOUT_FILENO) >= 0 else {
            throw WorkerError(.system, "The job process has no standard output.", cause: FileSystem.reason())
        }
        file = Mutex(FileHandle(fileDescriptor: descriptor, closeOnDealloc: true))
    }

    /// A worker that does not read any more is dead; the end of standard input tells that.
    package func send(message: some Encodable) {
        guard let line = try? MessageLine.text(message) else { return }
        file.withLock { try? $0.write(contentsOf: Data((line + "\n").utf8)) }
    }
}
