import Foundation

/// A regular file read from its beginning to its end in pieces, by read(2). Nothing is mapped: whoever cuts the file
/// short meanwhile makes an error of that, not the end of the process.
package final class FilePieces {
    /// Bytes of a piece at most.
    package static let pieceSize = 1 << 20

    package let path: String
    /// Of the file when it was opened.
    package let identity: FileIdentity
    private let descriptor: Int32

    /// - Throws: `ModelFilesError.missing` where there is no such regular file or it cannot be read.
    package init(path: String) throws {
        self.path = path
        // Without O_NONBLOCK, opening a pipe would wait for its writer before it could be refused.
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Self.unreadable(path) }
        do { identity = try FileIdentity(descriptor: descriptor, path: path) } catch {
            close(descriptor)
            throw error
        }
    }

    deinit { close(descriptor) }

    /// Lends the bytes in order, a piece at a time, as many as the file had when it was opened.
    ///
    /// - Throws: what `body` throws; `ModelFilesError.mismatch` where the file was changed since it was opened; `.missing`
    ///   where it cannot be read.
    package func read(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        let size = min(Self.pieceSize, max(identity.size, 1))
        try withUnsafeTemporaryAllocation(byteCount: size, alignment: 16) { buffer in
            guard let start = buffer.baseAddress else { return }
            var rest = identity.size
            while rest > 0 {
                let count = Foundation.read(descriptor, start, min(rest, size))
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else { throw Self.unreadable(path) }
                guard count > 0 else { throw changed }
                try body(UnsafeRawBufferPointer(start: start, count: count))
                rest -= count
            }
        }
        guard try FileIdentity(descriptor: descriptor, path: path) == identity else { throw changed }
    }

    private var changed: ModelFilesError {
        ModelFilesError(
            .mismatch, "\(path) was changed while it was being read.",
            advice: "Write files beside their place and rename them, and start again.")
    }

    private static func unreadable(_ path: String) -> ModelFilesError {
        ModelFilesError(.missing, "\(path) cannot be read: \(String(cString: strerror(errno))).")
    }
}
