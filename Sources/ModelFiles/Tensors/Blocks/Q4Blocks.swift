/// Q4_0, 18 bytes for 32 elements: x = d · (q − 8).
///
///     0    2                18
///     | d  | q q q … q (16) |     d: float16
///
/// Byte i holds element i in its low and element i + 16 in its high four bits.
enum Q4_0Block: BlockFormat {
    static let elements = 32
    static let bytes = 18

    @inline(__always)
    static func decode(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
        let d = block.half(0)
        for i in 0..<16 { out[i] = Float((block.byte(2 + i) & 15) &- 8) * d }
        for i in 0..<16 { out[i + 16] = Float((block.byte(2 + i) >> 4) &- 8) * d }
    }
}

/// Q4_1, 20 bytes for 32 elements: x = d · q + m, rounded twice.
///
///     0    2    4                20
///     | d  | m  | q q q … q (16) |     d, m: float16; q as in Q4_0
enum Q4_1Block: BlockFormat {
    static let elements = 32
    static let bytes = 20

    @inline(__always)
    static func decode(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
        let d = block.half(0)
        let m = block.half(2)
        for i in 0..<16 { out[i] = Float(block.byte(4 + i) & 15) * d + m }
        for i in 0..<16 { out[i + 16] = Float(block.byte(4 + i) >> 4) * d + m }
    }
}
