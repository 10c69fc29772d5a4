/// Turns stored elements into float32, bit for bit as ggml and the safetensors readers do.
enum Dequantisation {
    /// - Parameters:
    ///   - source: exactly the blocks of `target.count` elements.
    static func decode(
        _ source: UnsafeRawBufferPointer, dtype: FileDType, into target: UnsafeMutableBufferPointer<Float>
    ) {
        guard let out = target.baseAddress, let base = source.baseAddress else { return }
        switch dtype {
        case .f32:
            UnsafeMutableRawPointer(out).copyMemory(from: base, byteCount: target.count * 4)
        case .f16:
            for i in 0..<target.count { out[i] = half(base + 2 * i) }
        case .bf16:
            for i in 0..<target.count {
                let bits = (base + 2 * i).loadUnaligned(as: UInt16.self)
                out[i] = Float(bitPattern: UInt32(UInt16(littleEndian: bits)) << 16)
            }
        case .q8_0: decodeBlocks(base, bytes: 34, count: target.count / 32, into: out, decodeQ8)
        case .q4_0: decodeBlocks(base, bytes: 18, count: target.count / 32, into: out, decodeQ4)
        case .q4_1: decodeBlocks(base, bytes: 20, count: target.count / 32, into: out, decodeQ4WithMinimum)
        }
    }

    @inline(__always)
    private static func decodeBlocks(
        _ base: UnsafeRawPointer, bytes: Int, count: Int, into out: UnsafeMutablePointer<Float>,
        _ decode: (UnsafeRawPointer, UnsafeMutablePointer<Float>) -> Void
    ) {
        for block in 0..<count { decode(base + block * bytes, out + block * 32) }
    }

    /// x = scale · q, q a signed byte.
    private static func decodeQ8(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
        let scale = half(block)
        for i in 0..<32 { out[i] = Float(block.load(fromByteOffset: 2 + i, as: Int8.self)) * scale }
    }

    /// x = scale · (q − 8), low nibbles first.
    private static func decodeQ4(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
        let scale = half(block)
        for i in 0..<16 {
            let byte = block.load(fromByteOffset: 2 + i, as: UInt8.self)
            out[i] = Float(Int(byte & 15) - 8) * scale
            out[i + 16] = Float(Int(byte >> 4) - 8) * scale
        }
    }

    /// x = scale · q + minimum.
    private static func decodeQ4WithMinimum(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
        let scale = half(block)
        let minimum = half(block + 2)
        for i in 0..<16 {
            let byte = block.load(fromByteOffset: 4 + i, as: UInt8.self)
            out[i] = Float(byte & 15) * scale + minimum
            out[i + 16] = Float(byte >> 4) * scale + minimum
        }
    }

    private static func half(_ pointer: UnsafeRawPointer) -> Float {
        Float(Float16(bitPattern: UInt16(littleEndian: pointer.loadUnaligned(as: UInt16.self))))
    }
}
