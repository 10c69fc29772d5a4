/// Turns stored elements into float32, bit for bit as ggml and the safetensors readers do.
///
/// Block layouts: https://github.com/ggml-org/ggml/blob/master/src/ggml-common.h
enum Dequantisation {
    /// - Parameters:
    ///   - source: exactly the blocks of `target.count` elements.
    ///   - dtype: one of `FileDType.readable`.
    static func decode(
        _ source: UnsafeRawBufferPointer, dtype: FileDType, into target: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(source.count == target.count / dtype.blockElements * dtype.blockBytes)
        guard let out = target.baseAddress, let base = source.baseAddress else { return }
        let blocks = target.count / dtype.blockElements
        switch dtype {
        case .f32: UnsafeMutableRawPointer(out).copyMemory(from: base, byteCount: source.count)
        case .f16: for i in 0..<blocks { out[i] = Half.float(float16: word(base + 2 * i)) }
        case .bf16: for i in 0..<blocks { out[i] = Half.float(bfloat16: word(base + 2 * i)) }
        case .q8_0: for i in 0..<blocks { decodeQ8(base + i * 34, into: out + i * 32) }
        case .q4_0: for i in 0..<blocks { decodeQ4(base + i * 18, into: out + i * 32) }
        case .q4_1: for i in 0..<blocks { decodeQ4WithMinimum(base + i * 20, into: out + i * 32) }
        default: preconditionFailure("\(dtype.rawValue) is checked for before")
        }
    }

    /// x = scale · q, q a signed byte.
    @inline(__always)
    private static func decodeQ8(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
        let scale = Half.float(float16: word(block))
        for i in 0..<32 { out[i] = Float(block.load(fromByteOffset: 2 + i, as: Int8.self)) * scale }
    }

    /// x = scale · (q − 8). The low nibbles are the block's first half, the high ones the second.
    @inline(__always)
    private static func decodeQ4(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
        let scale = Half.float(float16: word(block))
        for i in 0..<16 { out[i] = Float(Int32(nibbles(block, 2 + i) & 15) &- 8) * scale }
        for i in 0..<16 { out[i + 16] = Float(Int32(nibbles(block, 2 + i) >> 4) &- 8) * scale }
    }

    /// x = scale · q + minimum, rounded twice as ggml's reference does.
    @inline(__always)
    private static func decodeQ4WithMinimum(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
        let scale = Half.float(float16: word(block))
        let minimum = Half.float(float16: word(block + 2))
        for i in 0..<16 { out[i] = Float(Int32(nibbles(block, 4 + i) & 15)) * scale + minimum }
        for i in 0..<16 { out[i + 16] = Float(Int32(nibbles(block, 4 + i) >> 4)) * scale + minimum }
    }

    @inline(__always)
    private static func nibbles(_ block: UnsafeRawPointer, _ offset: Int) -> UInt8 {
        block.load(fromByteOffset: offset, as: UInt8.self)
    }

    @inline(__always)
    private static func word(_ pointer: UnsafeRawPointer) -> UInt16 {
        UInt16(littleEndian: pointer.loadUnaligned(as: UInt16.self))
    }
}
