import CZstandard
import Foundation

/// Frames of Zstandard by the system's libzstd, which checks their sums where they have one.
final class ZstandardReader: UnpackingReader {
    private let context = ZSTD_createDCtx()
    private let output = UnsafeMutableRawBufferPointer.allocate(byteCount: Unpacking.piece, alignment: 64)
    /// Between frames it is 0.
    private var wanted = 0
    private var hasBegun = false

    deinit {
        ZSTD_freeDCtx(context)
        output.deallocate()
    }

    func next(_ input: inout PackedBytes) throws -> Data? {
        guard let context else {
            throw CompressionError(.malformed, "cannot be unpacked: zstd does not begin.")
        }
        if wanted == 0 {
            guard try begins(&input) else { return nil }
        } else {
            try input.require(1)
        }
        let piece = input.rest.prefix(Unpacking.piece)
        var out = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let read = piece.withUnsafeBytes { source in
            var buffer = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
            wanted = ZSTD_decompressStream(context, &out, &buffer)
            return buffer.pos
        }
        guard ZSTD_isError(wanted) == 0 else {
            throw CompressionError(
                .malformed, "cannot be unpacked: \(String(cString: ZSTD_getErrorName(wanted))).",
                advice:
                    "Bring the file back whole, or compress it again; windows over 128 MiB (--long) are not read.")
        }
        input.take(read)
        guard read > 0 || out.pos > 0 || wanted == 0 else {
            throw CompressionError(
                .truncated, "is cut off: zstd's data end in the middle.", advice: "Bring the file back whole.")
        }
        return Data(bytes: output.baseAddress!, count: out.pos)
    }

    /// Whether another frame begins here; not where everything ends.
    private func begins(_ input: inout PackedBytes) throws -> Bool {
        try input.require(4)
        guard Self.isMagic(input.rest) else {
            guard hasBegun else {
                throw CompressionError(.malformed, "is named as zstd names its files, but is not compressed by zstd.")
            }
            if input.rest.isEmpty { return false }
            throw CompressionError(
                .trailing, "has \(try input.countRest()) bytes after the end of what zstd compressed.",
                advice: "Bring the file back whole, or compress it again.")
        }
        hasBegun = true
        return true
    }

    /// A frame's magic number, and those of frames that are skipped: RFC 8878, 3.1.
    private static func isMagic(_ bytes: Data) -> Bool {
        let head = Array(bytes.prefix(4))
        guard head.count == 4, head[1...] == [0xB5, 0x2F, 0xFD] || head[1...] == [0x2A, 0x4D, 0x18] else {
            return false
        }
        return head[1] == 0xB5 ? head[0] == 0x28 : head[0] & 0xF0 == 0x50
    }
}
