import ForeignText
import Foundation
import Glibc

/// The last line of a file that another process writes, for telling why that process died. Its end alone is read, as the
/// file may have any size.
enum LastLine {
    private static let bytes = 4_096
    private static let characters = 300

    /// Nil where there is none, or no such regular file.
    static func of(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        var buffer = [UInt8](repeating: 0, count: bytes)
        let count = pread(descriptor, &buffer, bytes, max(0, status.st_size - off_t(bytes)))
        guard count > 0 else { return nil }
        let last = String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n").last
        return last.map { ForeignText.line(String($0.prefix(characters))) }
    }
}
