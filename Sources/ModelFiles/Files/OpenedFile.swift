import Foundation

/// A regular file, open for reading and allowed to be read. Never waits for a pipe's writer, never opens a device.
final class OpenedFile: Sendable {
    /// What it was named by.
    let path: String
    let descriptor: Int32

    /// From fcntl.h, which Swift does not see: the place of a file without the right to read it, and so without side
    /// effects. The same on x86-64 and arm64.
    private static let placeOnly: Int32 = 0o10_000_000

    /// - Throws: `ModelFilesError.missing` where there is no such regular file or it cannot be read, `.forbidden` where
    ///   the rule refuses it.
    convenience init(_ path: String, rule: ReadingRule) throws {
        guard let descriptor = try Self.descriptor(path, rule) else { throw Self.unreadable(path) }
        self.init(path: path, descriptor: descriptor)
    }

    private init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    /// Nil where there is nothing at `path`.
    ///
    /// - Throws: as `init`, for everything else.
    static func ifPresent(_ path: String, rule: ReadingRule) throws -> OpenedFile? {
        if let descriptor = try descriptor(path, rule) { return OpenedFile(path: path, descriptor: descriptor) }
        guard errno == ENOENT || errno == ENOTDIR else { throw unreadable(path) }
        return nil
    }

    deinit { close(descriptor) }

    func identity() throws -> FileIdentity { try FileIdentity(descriptor: descriptor, path: path) }

    /// Hands `body` the file's bytes from its beginning, piece by piece.
    ///
    /// - Throws: `ModelFilesError.missing` where it cannot be read; what `body` throws, which ends the reading.
    func readPieces(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        // As large as a core's own cache takes it: the bytes are summed where they were just copied to.
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
        defer { piece.deallocate() }
        var offset = 0
        while true {
            let count = pread(descriptor, piece.baseAddress, piece.count, offset)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Self.unreadable(path) }
            if count == 0 { return }
            try body(UnsafeRawBufferPointer(rebasing: piece[..<count]))
            offset += count
        }
    }

    /// - Throws: `ModelFilesError.missing` where the kernel does not tell, for want of /proc.
    func place() throws -> FilePlace { try Self.place(descriptor, path) }

    /// Nil, with `errno`, where it cannot be opened.
    private static func descriptor(_ path: String, _ rule: ReadingRule) throws -> Int32? {
        let reading = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
        guard rule.isLimited else {
            let descriptor = open(path, reading)
            return descriptor >= 0 ? try regular(descriptor, path) : nil
        }
        // Found first and judged, then opened by that very place: no link is followed twice.
        let found = open(path, placeOnly | O_CLOEXEC)
        guard found >= 0 else { return nil }
        defer {
            let reason = errno
            close(found)
            errno = reason
        }
        _ = try FileIdentity(descriptor: found, path: path)
        try rule.check(place(found, path), named: path)
        let descriptor = open(link(found), reading)
        guard descriptor >= 0 else { throw unreadable(path) }
        return descriptor
    }

    private static func regular(_ descriptor: Int32, _ path: String) throws -> Int32 {
        do { _ = try FileIdentity(descriptor: descriptor, path: path) } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }

    private static func place(_ descriptor: Int32, _ path: String) throws -> FilePlace {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw unreadable(path) }
        var buffer = [CChar](repeating: 0, count: 2 * Int(PATH_MAX))
        let count = readlink(link(descriptor), &buffer, buffer.count)
        guard count > 0, count < buffer.count else {
            throw ModelFilesError(
                .missing, "Where \(path) lies cannot be told: \(String(cString: strerror(errno))).",
                advice: "Mount /proc, where lorad asks the kernel for it.")
        }
        return FilePlace(
            path: String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self),
            device: UInt64(status.st_dev), inode: UInt64(status.st_ino), mode: UInt32(status.st_mode) & 0o7777)
    }

    private static func link(_ descriptor: Int32) -> String { "/proc/self/fd/\(descriptor)" }

    private static func unreadable(_ path: String) -> ModelFilesError {
        ModelFilesError(.missing, "\(path) cannot be read: \(String(cString: strerror(errno))).")
    }
}
