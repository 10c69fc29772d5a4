import Foundation

/// What tells whether a file still holds the bytes that it held before: size, inode, device, and both of its times.
///
/// Whoever may write a file can set its modification time back. The time of its last change (ctime) only the kernel sets;
/// it also moves where nothing but an attribute changed, such as a mode or the number of links.
package struct FileIdentity: Hashable, Codable, Sendable {
    /// Bytes.
    package let size: Int
    /// Of the content, by whoever wrote it or set it; nanoseconds since 1970.
    package let modified: Int
    /// Of content or attributes, by the kernel; nanoseconds since 1970.
    package let changed: Int
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

    /// Of a file whose later changes will show: within one tick of the kernel's clock two changes have the same time, so
    /// one that was changed in this very tick is waited for.
    static func settled(descriptor: Int32, path: String) throws -> FileIdentity {
        var identity = try FileIdentity(descriptor: descriptor, path: path)
        // A clock that was set back, or a server's that goes before ours, is not waited for.
        for _ in 0..<4 {
            var now = timespec()
            clock_gettime(CLOCK_REALTIME_COARSE, &now)
            guard identity.changed >= nanoseconds(now) else { break }
            usleep(4_000)
            identity = try FileIdentity(descriptor: descriptor, path: path)
        }
        return identity
    }

    private init(_ status: stat, path: String) throws {
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw ModelFilesError(.missing, "\(path) is not a regular file.")
        }
        size = Int(status.st_size)
        modified = Self.nanoseconds(status.st_mtim)
        changed = Self.nanoseconds(status.st_ctim)
        inode = UInt64(status.st_ino)
        device = UInt64(status.st_dev)
    }

    /// Whether the other is the same but for the time of the last change, which an attribute alone can move.
    func isSameButForAttributes(_ other: FileIdentity) -> Bool {
        size == other.size && modified == other.modified && inode == other.inode && device == other.device
    }

    static func nanoseconds(_ time: timespec) -> Int { Int(time.tv_sec) &* 1_000_000_000 &+ Int(time.tv_nsec) }

    private static func missing(_ path: String) -> ModelFilesError {
        ModelFilesError(.missing, "\(path) cannot be read: \(String(cString: strerror(errno))).")
    }
}
