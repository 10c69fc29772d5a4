import Foundation

/// What tells whether a file is still the one seen before: its size, modification time and inode.
package struct FileIdentity: Hashable, Codable, Sendable {
    /// Bytes.
    package let size: Int
    /// Nanoseconds since 1970.
    package let modified: Int
    package let inode: UInt64
    package let device: UInt64

    /// Of the file at `path`, following symbolic links.
    /// - Throws: `ModelFilesError.missing` where there is no such file or it is a folder, a pipe or a device.
    package init(path: String) throws {
        var status = stat()
        guard stat(path, &status) == 0 else { throw Self.missing(path) }
        try self.init(status, path: path)
    }

    init(descriptor: Int32, path: String) throws {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.missing(path) }
        try self.init(status, path: path)
    }

    private init(_ status: stat, path: String) throws {
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw ModelFilesError(.missing, "\(path) is not a regular file.")
        }
        size = Int(status.st_size)
        modified = Int(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int(status.st_mtim.tv_nsec)
        inode = UInt64(status.st_ino)
        device = UInt64(status.st_dev)
    }

    private static func missing(_ path: String) -> ModelFilesError {
        ModelFilesError(.missing, "\(path) cannot be read: \(String(cString: strerror(errno))).")
    }
}
