/// A block format that lorad writes.
///
/// Every quantiser multiplies, adds and rounds in float32 in the order of ggml's reference, so that its blocks equal those
/// of `ggml_quantize_chunk` without an importance matrix to the bit.
/// https://github.com/ggml-org/ggml/blob/master/src/ggml-quants.c
protocol BlockQuantiser: BlockFormat {
    /// Writes the block of `bytes` that stands for the `elements` at `x`, all of them finite.
    ///
    /// - Returns: false where a scale is too large for its float16.
    static func encode(_ x: UnsafePointer<Float>, into block: UnsafeMutableRawPointer) -> Bool
}

extension BlockQuantiser {
    /// More than any block holds, and so little that no search for a scale overflows on the way to saying so.
    private static var tooLarge: Float { 0x1p40 }

    /// Writes the blocks of a row, whose count is a multiple of the block's.
    ///
    /// - Returns: false where a value is not finite, or too large.
    static func encode(
        _ values: UnsafeMutableBufferPointer<Float>, into target: UnsafeMutableRawBufferPointer
    ) -> Bool {
        guard let x = values.baseAddress, let blocks = target.baseAddress else { return values.isEmpty }
        return (0..<(values.count / elements)).allSatisfy { index in
            let first = index * elements
            return (first..<(first + elements)).allSatisfy { abs(x[$0]) < tooLarge }
                && encode(x + first, into: blocks + index * bytes)
        }
    }
}

extension UnsafeMutableRawPointer {
    /// Stores a float16 and returns what it reads back as.
    @inline(__always)
    func storeHalf(_ value: Float, at offset: Int) -> Float {
        let bits = Half.float16(value)
        storeBytes(of: bits.littleEndian, toByteOffset: offset, as: UInt16.self)
        return Half.float(float16: bits)
    }

    @inline(__always)
    func storeByte(_ value: Int32, at offset: Int) {
        storeBytes(of: UInt8(truncatingIfNeeded: value), toByteOffset: offset, as: UInt8.self)
    }
}

/// The whole number nearest to a value of less than 2²² in magnitude, halves to the even one: the sum's rounding leaves it
/// in the low bits. Never a trap, whatever the value.
@inline(__always)
func nearestInteger(_ value: Float) -> Int32 {
    Int32(bitPattern: (value + 0x1.8p23).bitPattern & 0x7F_FFFF) &- 0x40_0000
}

/// 1 / scale, or 0 where all that it would multiply rounds to zero anyway.
@inline(__always)
func reciprocal(_ scale: Float) -> Float {
    let inverse = 1 / scale
    return inverse.isFinite ? inverse : 0
}
