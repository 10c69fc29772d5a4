import CZstandard
import Foundation

/// Frames of Zstandard by the system's libzstd, which checks their sums where they have one.
enum ZstandardReader {
    /// A frame's magic number, and those of frames that are skipped: RFC 8878, 3.1.
    private static func begins(_ bytes: Data) -> Bool {
        let head = Array(bytes.prefix(4))
        guard head.count == 4, head[1...] == [0xB5, 0x2F, 0xFD] || head[1...] == [0x2A, 0x4D, 0x18] else {
            return false
        }
        return head[1] == 0xB5 ? head[0] == 0x28 : head[0] & 0xF0 == 0x50
    }

    static func unpack(_ bytes: Data, limit: Int) throws(CompressionError) -> Data {
        guard begins(bytes) else {
            throw CompressionError(.malformed, "is named as zstd names its files, but is not compressed by zstd.")
        }
        guard let context = ZSTD_createDCtx() else {
            throw CompressionError(.malformed, "cannot be unpacked: zstd does not begin.")
        }
        defer { ZSTD_freeDCtx(context) }
        let output = UnsafeMutableRawBufferPointer.allocate(byteCount: UnpackedBytes.piece, alignment: 64)
        defer { output.deallocate() }
        var unpacked = UnpackedBytes(limit: limit)
        var offset = bytes.startIndex
        // Between frames it is 0.
        var wanted = 0
        while offset < bytes.endIndex || wanted != 0 {
            if wanted == 0, !begins(bytes[offset...]) {
                throw CompressionError(
                    .trailing, "has \(bytes.endIndex - offset) bytes after the end of what zstd compressed.",
                    advice: "Bring the file back whole, or compress it again.")
            }
            let piece = bytes[offset..<min(offset + UnpackedBytes.piece, bytes.endIndex)]
            var out = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
            let read = piece.withUnsafeBytes { source in
                var input = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
                wanted = ZSTD_decompressStream(context, &out, &input)
                return input.pos
            }
            guard ZSTD_isError(wanted) == 0 else {
                throw CompressionError(
                    .malformed, "cannot be unpacked: \(String(cString: ZSTD_getErrorName(wanted))).",
                    advice:
                        "Bring the file back whole, or compress it again; windows over 128 MiB (--long) are not read.")
            }
            offset += read
            try unpacked.append(UnsafeRawBufferPointer(rebasing: output[..<out.pos]))
            guard read > 0 || out.pos > 0 || wanted == 0 else {
                throw CompressionError(
                    .truncated, "is cut off: zstd's data end in the middle.", advice: "Bring the file back whole.")
            }
        }
        return unpacked.data
    }
}
