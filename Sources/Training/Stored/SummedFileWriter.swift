import Common
import Digests
import Foundation

/// What tells one kind of `SummedFile` from another.
struct SummedFileKind: Sendable {
    /// 8 bytes.
    let magic: String
    /// Of the body's layout.
    let version: UInt32
    /// As a message calls such a file.
    let name: String

    var head: [UInt8] {
        var head = [UInt8](magic.utf8)
        head.append(littleEndian: version)
        head.append(littleEndian: UInt32(0))
        return head
    }
}

/// Writes a file that its own sum vouches for, a piece at a time. What is written, and where:
///
/// 1. 16 bytes: 8 that say what it is, the version as u32, 0 as u32;
/// 2. the body;
/// 3. the notes as JSON, and their bytes as u64;
/// 4. the SHA-256 of all before it.
final class SummedFileWriter {
    /// Bytes of the body that are not written yet: what comes next is appended here.
    var pending: [UInt8]
    private static let piece = 1 << 20
    private let output: AtomicFileOutput
    private var hasher: SHA256? = SHA256()

    private init(_ output: AtomicFileOutput, _ kind: SummedFileKind) { (self.output, pending) = (output, kind.head) }

    /// Writes a file; where `body` throws, nothing is left of it.
    ///
    /// - Parameter body: appends the body, and returns the notes.
    /// - Throws: `SystemError.unwritable`; as `body`.
    static func write<Notes: Encodable>(
        _ kind: SummedFileKind, to path: String, _ body: (SummedFileWriter) throws -> Notes
    ) throws {
        try AtomicFile.write(to: path) { output in
            let writer = SummedFileWriter(output, kind)
            try writer.finish(try body(writer))
        }
    }

    /// Writes what is pending, where that is worth while.
    func flushWhereFull() throws { if pending.count >= Self.piece { try flush() } }

    private func finish(_ notes: some Encodable) throws {
        let text = try CompactJSON.encode(notes)
        pending += text.utf8
        pending.append(littleEndian: UInt64(text.utf8.count))
        try flush()
        let sum = hasher.take()?.finish() ?? []
        try sum.withUnsafeBytes { try output.write($0) }
    }

    private func flush() throws {
        try pending.withUnsafeBytes { bytes in
            hasher?.update(bytes)
            try output.write(bytes)
        }
        pending.removeAll(keepingCapacity: true)
    }
}
