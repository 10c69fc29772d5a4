import CZlib
import Foundation

/// Members of gzip by the system's zlib, which checks their sums. All of this file's pointers live as long as a call.
enum GzipReader {
    private static let signature: [UInt8] = [0x1F, 0x8B]

    static func unpack(_ bytes: Data, limit: Int) throws(CompressionError) -> Data {
        guard bytes.starts(with: signature) else {
            throw CompressionError(.malformed, "is named as gzip names its files, but is not compressed by gzip.")
        }
        var unpacked = UnpackedBytes(limit: limit)
        var rest = bytes[...]
        while !rest.isEmpty {
            guard rest.starts(with: signature) else {
                throw CompressionError(
                    .trailing, "has \(rest.count) bytes after the end of what gzip compressed.",
                    advice: "Bring the file back whole, or compress it again.")
            }
            rest = rest.dropFirst(try member(rest, into: &unpacked))
        }
        return unpacked.data
    }

    /// Unpacks one member.
    ///
    /// - Returns: the bytes that it takes.
    private static func member(_ bytes: Data, into unpacked: inout UnpackedBytes) throws(CompressionError) -> Int {
        var stream = z_stream()
        guard lorad_inflate_gzip(&stream) == Z_OK else {
            throw CompressionError(.malformed, "cannot be unpacked: zlib does not begin.")
        }
        defer { inflateEnd(&stream) }
        let output = UnsafeMutableRawBufferPointer.allocate(byteCount: UnpackedBytes.piece, alignment: 64)
        defer { output.deallocate() }
        var offset = bytes.startIndex
        var status = Z_OK
        while status != Z_STREAM_END {
            let piece = bytes[offset..<min(offset + UnpackedBytes.piece, bytes.endIndex)]
            let (left, produced) = piece.withUnsafeBytes { input in
                // zlib reads what it calls mutable, and does not write to it.
                stream.next_in = UnsafeMutablePointer(
                    mutating: input.bindMemory(to: UInt8.self).baseAddress)
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.bindMemory(to: UInt8.self).baseAddress
                stream.avail_out = UInt32(output.count)
                status = inflate(&stream, Z_NO_FLUSH)
                return (Int(stream.avail_in), output.count - Int(stream.avail_out))
            }
            offset = piece.endIndex - left
            try unpacked.append(UnsafeRawBufferPointer(rebasing: output[..<produced]))
            // Z_BUF_ERROR: it neither read nor wrote anything, as there is nothing more to read.
            if status == Z_BUF_ERROR || status == Z_OK && piece.isEmpty && produced == 0 {
                throw CompressionError(
                    .truncated, "is cut off: gzip's data end in the middle.", advice: "Bring the file back whole.")
            }
            guard status == Z_OK || status == Z_STREAM_END else {
                throw CompressionError(
                    .malformed,
                    "cannot be unpacked: \(stream.msg.map { String(cString: $0) } ?? "zlib's error \(status)").",
                    advice: "Bring the file back whole, or compress it again.")
            }
        }
        return offset - bytes.startIndex
    }
}
