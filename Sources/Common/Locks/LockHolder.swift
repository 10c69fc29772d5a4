import Foundation

/// The process that holds a lock file.
package struct LockHolder: Equatable, Sendable {
    package let pid: Int32
    /// The beginning of its command line, as whoever started it wrote it; nil where this account may not read it.
    package let command: String?

    /// `process 4242 ("lorad watch")`
    ///
    /// - Parameter shown: the command line as it may stand in a message, quoted.
    package func words(showing shown: (String) -> String) -> String {
        "process \(pid)" + (command.map { " (\(shown($0)))" } ?? "")
    }

    /// The holder of a lock file now; nil where nobody holds it, or it cannot be told. The lock itself is not touched:
    /// a process that wants it at this moment must get it.
    package static func of(_ path: String) -> LockHolder? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        guard let locks = KernelText.read("/proc/locks") else { return written(in: path) }
        return pid(ofInode: UInt64(status.st_ino), locks: locks).map(LockHolder.init)
    }

    init(pid: Int32) {
        self.pid = pid
        let bytes = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline")?.prefix(200) ?? Data()
        let words = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        command = words.isEmpty ? nil : words.joined(separator: " ")
    }

    /// The holder of an inode by the text of /proc/locks, see proc(5): `1: FLOCK ADVISORY WRITE PID MAJOR:MINOR:INODE 0
    /// EOF`.
    package static func pid(ofInode inode: UInt64, locks: String) -> Int32? {
        for line in locks.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 5, fields[1] == "FLOCK", fields[5].hasSuffix(":\(inode)") else { continue }
            // Of another namespace's process the kernel tells no id.
            return Int32(fields[4]).flatMap { $0 > 0 ? $0 : nil }
        }
        return nil
    }

    /// By the file's own word, which a holder writes into it.
    private static func written(in path: String) -> LockHolder? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8),
            let pid = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)), pid > 0, kill(pid, 0) == 0
        else { return nil }
        return LockHolder(pid: pid)
    }
}
