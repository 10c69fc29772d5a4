import Foundation

/// A file that somebody else may have exchanged, read whole where it is a regular one of a bounded size.
enum BoundedFile {
    /// Nil where there is none, where it is no regular file, or where it has more than `limit` bytes.
    static func read(_ path: String, limit: Int) -> Data? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            let data = try? file.read(upToCount: limit + 1), data.count <= limit
        else { return nil }
        return data
    }
}
