import Foundation

/// A file that somebody else may have put there or exchanged, read where it is a regular one: no link is followed, and
/// no pipe's writer waited for.
package enum BoundedFile {
    /// The whole of it; nil where there is none, where it is no regular file, or where it has more than `limit` bytes.
    package static func read(_ path: String, limit: Int) -> Data? {
        regular(path) { file, _ in try file.read(upToCount: limit + 1) }.flatMap { $0.count <= limit ? $0 : nil }
    }

    /// Its last bytes, `count` at most; nil where there is none, or where it is no regular file.
    package static func end(of path: String, count: Int) -> Data? {
        regular(path) { file, size in
            try file.seek(toOffset: UInt64(max(0, size - count)))
            return try file.read(upToCount: count)
        }
    }

    private static func regular(_ path: String, _ body: (FileHandle, Int) throws -> Data?) -> Data? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        do { return try body(file, Int(status.st_size)) ?? Data() } catch { return nil }
    }
}
