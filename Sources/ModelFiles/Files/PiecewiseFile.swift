import Digests
import Foundation

/// A regular file that is read once, from its beginning, a piece at a time; what was read is summed on the way.
package final class PiecewiseFile {
    /// As much as a core's own cache takes: the bytes are summed where they were just copied to.
    private static let piece = 256 << 10

    /// Bytes of the file when it was opened.
    package let size: Int
    /// Bytes that were read so far.
    package private(set) var read = 0
    /// Of all bytes, in lower-case hexadecimal; nil before the end was reached.
    package private(set) var sha256: String?
    private let file: OpenedFile
    private let limit: Int
    private var hasher: SHA256? = SHA256()

    /// - Parameters:
    ///   - limit: of bytes; a longer file is refused, even one that grows while it is read.
    ///   - rule: which files may be read.
    /// - Throws: `ModelFilesError.missing` where there is no such regular file, `.malformed` where it is longer,
    ///   `.forbidden` where the rule refuses it.
    package init(_ path: String, limit: Int = .max, rule: ReadingRule = .anything) throws {
        file = try OpenedFile(path, rule: rule)
        size = try file.identity().size
        self.limit = limit
        guard size <= limit else { throw RegularFile.tooLong(path, limit) }
    }

    /// The next bytes; none at the end.
    ///
    /// - Throws: `ModelFilesError.missing` where they cannot be read, `.malformed` where there are more than the limit.
    package func next() throws -> Data {
        guard sha256 == nil else { return Data() }
        let bytes = try file.bytes(at: read, atMost: Self.piece)
        read += bytes.count
        guard read <= limit else { throw RegularFile.tooLong(file.path, limit) }
        if bytes.isEmpty { sha256 = hasher.take()?.hexadecimal() } else { hasher?.update(bytes) }
        return bytes
    }
}

/// A regular file of which any part can be read, without mapping it: whoever cuts it short does not end the process.
package final class RandomAccessFile: Sendable {
    package let path: String
    /// Bytes of the file when it was opened.
    package let size: Int
    private let file: OpenedFile

    /// - Throws: `ModelFilesError.missing` where there is no such regular file.
    package init(_ path: String) throws {
        self.path = path
        file = try OpenedFile(path, rule: .anything)
        size = try file.identity().size
    }

    /// `count` bytes from `offset` on.
    ///
    /// - Throws: `ModelFilesError.missing` where they cannot be read, `.malformed` where there are not as many.
    package func bytes(at offset: Int, count: Int) throws -> Data {
        var bytes = Data()
        while bytes.count < count {
            let more = try file.bytes(at: offset + bytes.count, atMost: count - bytes.count)
            guard !more.isEmpty else {
                throw ModelFilesError(
                    .malformed, "\(path) ends after \(offset + bytes.count) bytes; \(offset + count) are needed.")
            }
            if bytes.isEmpty { bytes = more } else { bytes += more }
        }
        return bytes
    }
}

extension OpenedFile {
    /// Bytes from `offset` on, as many as the kernel gives at once; none at the end.
    ///
    /// - Throws: `ModelFilesError.missing` where they cannot be read.
    fileprivate func bytes(at offset: Int, atMost count: Int) throws -> Data {
        var data = Data(count: count)
        while true {
            let read = data.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, count, offset) }
            if read < 0, errno == EINTR { continue }
            guard read >= 0 else {
                throw ModelFilesError(.missing, "\(path) cannot be read: \(String(cString: strerror(errno))).")
            }
            return read == count ? data : data.prefix(read)
        }
    }
}
