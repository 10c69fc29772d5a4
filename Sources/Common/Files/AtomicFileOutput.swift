import Foundation

/// The file being written by `AtomicFile.write(to:_:)`.
package final class AtomicFileOutput {
    private let target: String
    private var descriptor: Int32
    /// Bytes written so far.
    package private(set) var count = 0

    init(path: String, target: String) throws {
        self.target = target
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, FileModes.file(at: path))
        guard descriptor >= 0 else { throw Self.failure(target) }
    }

    deinit {
        if descriptor >= 0 { Foundation.close(descriptor) }
    }

    /// Appends all of `bytes`.
    ///
    /// - Throws: `SystemError.unwritable`.
    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while let base = rest.baseAddress, rest.count > 0 {
            let written = Foundation.write(descriptor, base, rest.count)
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw Self.failure(target) }
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
        count += bytes.count
    }

    /// Appends zero bytes up to a multiple of `alignment`.
    package func pad(to alignment: Int) throws {
        let missing = (alignment - count % alignment) % alignment
        try [UInt8](repeating: 0, count: missing).withUnsafeBytes { try write($0) }
    }

    func close() throws {
        let flushed = fsync(descriptor) == 0
        let reason = errno
        let closed = Foundation.close(descriptor) == 0
        descriptor = -1
        if !flushed { errno = reason }
        guard flushed, closed else { throw Self.failure(target) }
    }

    static func failure(_ path: String) -> SystemError {
        SystemError(
            .unwritable, "\(path) cannot be written.", cause: FileSystem.reason(),
            advice: "Check the folder's permissions and the free space.")
    }
}
