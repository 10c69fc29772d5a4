import CZlib
import Foundation

/// Members of gzip by the system's zlib, which checks their sums. All pointers to bytes live as long as a call.
final class GzipReader: UnpackingReader {
    private static let signature: [UInt8] = [0x1F, 0x8B]

    /// It keeps its place: zlib's own state points back at it.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private let output = UnsafeMutableRawBufferPointer.allocate(byteCount: Unpacking.piece, alignment: 64)
    private var isInMember = false
    private var hasBegun = false

    init() { stream.initialize(to: z_stream()) }

    deinit {
        if isInMember { inflateEnd(stream) }
        stream.deallocate()
        output.deallocate()
    }

    func next(_ input: inout PackedBytes) throws -> Data? {
        if !isInMember {
            guard try begin(&input) else { return nil }
        }
        try input.require(1)
        let (status, read, produced) = inflate(input.rest)
        input.take(read)
        // Z_BUF_ERROR: it neither read nor wrote anything, as there is nothing more to read.
        if status == Z_BUF_ERROR || status == Z_OK && input.rest.isEmpty && read == 0 && produced == 0 {
            throw CompressionError(
                .truncated, "is cut off: gzip's data end in the middle.", advice: "Bring the file back whole.")
        }
        guard status == Z_OK || status == Z_STREAM_END else {
            throw CompressionError(
                .malformed,
                "cannot be unpacked: \(stream.pointee.msg.map { String(cString: $0) } ?? "zlib's error \(status)").",
                advice: "Bring the file back whole, or compress it again.")
        }
        if status == Z_STREAM_END {
            inflateEnd(stream)
            isInMember = false
        }
        return Data(bytes: output.baseAddress!, count: produced)
    }

    /// Whether another member begins here; not where everything ends.
    private func begin(_ input: inout PackedBytes) throws -> Bool {
        try input.require(Self.signature.count)
        guard input.rest.starts(with: Self.signature) else {
            guard hasBegun else {
                throw CompressionError(.malformed, "is named as gzip names its files, but is not compressed by gzip.")
            }
            if input.rest.isEmpty { return false }
            throw CompressionError(
                .trailing, "has \(try input.countRest()) bytes after the end of what gzip compressed.",
                advice: "Bring the file back whole, or compress it again.")
        }
        stream.pointee = z_stream()
        guard lorad_inflate_gzip(stream) == Z_OK else {
            throw CompressionError(.malformed, "cannot be unpacked: zlib does not begin.")
        }
        (isInMember, hasBegun) = (true, true)
        return true
    }

    private func inflate(_ bytes: Data) -> (status: Int32, read: Int, produced: Int) {
        let piece = bytes.prefix(Unpacking.piece)
        return piece.withUnsafeBytes { input in
            // zlib reads what it calls mutable, and does not write to it.
            stream.pointee.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
            stream.pointee.avail_in = UInt32(input.count)
            stream.pointee.next_out = output.bindMemory(to: UInt8.self).baseAddress
            stream.pointee.avail_out = UInt32(output.count)
            let status = CZlib.inflate(stream, Z_NO_FLUSH)
            return (
                status, input.count - Int(stream.pointee.avail_in), output.count - Int(stream.pointee.avail_out)
            )
        }
    }
}
