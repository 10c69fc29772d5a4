import Common
import ForeignText
import Foundation
import OperatingSystem
import Synchronization

/// A job's log: one file over all its attempts, one time-stamped line an entry, readable while it grows.
final class JobLog: Sendable {
    private let file: Mutex<FileHandle>
    private let path: String

    init(path: String) throws {
        let flags = O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
        var descriptor = open(path, flags, 0o600)
        // The job's process may write to the folder: a link that it put there leads nowhere that concerns a log.
        if descriptor < 0, errno == ELOOP, unlink(path) == 0 { descriptor = open(path, flags, 0o600) }
        guard descriptor >= 0 else {
            throw WorkerError(.unwritable, "The log \(path) cannot be opened.", cause: FileSystem.reason())
        }
        self.path = path
        file = Mutex(FileHandle(fileDescriptor: descriptor, closeOnDealloc: true))
    }

    /// Writes a line; a line break inside becomes a space.
    func write(_ line: String) throws {
        let bytes = Data("\(Timestamp.text(Date())) \(ForeignText.line(line))\n".utf8)
        do {
            try file.withLock { try $0.write(contentsOf: bytes) }
        } catch {
            throw WorkerError(.unwritable, "The log \(path) cannot be written.", cause: FileSystem.reason(of: error))
        }
    }
}
