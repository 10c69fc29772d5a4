/// Turns stored elements into float32, bit for bit as ggml and the safetensors readers do.
enum Dequantisation {
    /// - Parameters:
    ///   - source: exactly the blocks of `target.count` elements.
    ///   - dtype: one of `FileDType.readable`.
    static func decode(
        _ source: UnsafeRawBufferPointer, dtype: FileDType, into target: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(source.count == target.count / dtype.blockElements * dtype.blockBytes)
        guard let out = target.baseAddress, let base = source.baseAddress else { return }
        let count = target.count
        switch dtype {
        case .f32: UnsafeMutableRawPointer(out).copyMemory(from: base, byteCount: source.count)
        case .f16: for i in 0..<count { out[i] = base.half(2 * i) }
        case .bf16: for i in 0..<count { out[i] = Half.float(bfloat16: base.word(2 * i)) }
        case .f64: for i in 0..<count { out[i] = Float(base.loadUnaligned(fromByteOffset: 8 * i, as: Double.self)) }
        case .q4_0: decode(Q4_0Block.self, base, count, into: out)
        case .q4_1: decode(Q4_1Block.self, base, count, into: out)
        case .q5_0: decode(Q5_0Block.self, base, count, into: out)
        case .q5_1: decode(Q5_1Block.self, base, count, into: out)
        case .q8_0: decode(Q8_0Block.self, base, count, into: out)
        case .q2k: decode(Q2KBlock.self, base, count, into: out)
        case .q3k: decode(Q3KBlock.self, base, count, into: out)
        case .q4k: decode(Q4KBlock.self, base, count, into: out)
        case .q5k: decode(Q5KBlock.self, base, count, into: out)
        case .q6k: decode(Q6KBlock.self, base, count, into: out)
        case .iq4nl: decode(IQ4NLBlock.self, base, count, into: out)
        case .iq4xs: decode(IQ4XSBlock.self, base, count, into: out)
        default: preconditionFailure("\(dtype.rawValue) is checked for before")
        }
    }

    @inline(__always)
    private static func decode<Format: BlockFormat>(
        _ format: Format.Type, _ base: UnsafeRawPointer, _ count: Int, into out: UnsafeMutablePointer<Float>
    ) {
        for index in 0..<(count / Format.elements) {
            Format.decode(base + index * Format.bytes, into: out + index * Format.elements)
        }
    }
}
