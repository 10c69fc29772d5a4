/// Q5_0, 22 bytes for 32 elements: x = d · (q − 16).
///
///     0    2            6                22
///     | d  | h h h h    | q q q … q (16) |     d: float16
///
/// q holds the low four bits as Q4_0 does; bit i of the 32-bit h is the fifth bit of element i.
enum Q5_0Block: BlockFormat {
    static let elements = 32
    static let bytes = 22

    @inline(__always)
    static func decode(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
        let d = block.half(0)
        FiveBits.decode(high: block + 2, low: block + 6) { out[$0] = d * Float($1 &- 16) }
    }
}

/// Q5_1, 24 bytes for 32 elements: x = d · q + m, rounded twice.
///
///     0    2    4            8                24
///     | d  | m  | h h h h    | q q q … q (16) |     d, m: float16; h and q as in Q5_0
enum Q5_1Block: BlockFormat {
    static let elements = 32
    static let bytes = 24

    @inline(__always)
    static func decode(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
        let d = block.half(0)
        let m = block.half(2)
        FiveBits.decode(high: block + 4, low: block + 8) { out[$0] = d * Float($1) + m }
    }
}

private enum FiveBits {
    /// Hands `body` the index and the five bits of each of 32 elements.
    @inline(__always)
    static func decode(high: UnsafeRawPointer, low: UnsafeRawPointer, _ body: (Int, Int32) -> Void) {
        let bits = Int32(bitPattern: UInt32(littleEndian: high.loadUnaligned(as: UInt32.self)))
        for i in 0..<16 { body(i, (low.byte(i) & 15) | (((bits &>> Int32(i)) & 1) &<< 4)) }
        for i in 0..<16 { body(i + 16, (low.byte(i) >> 4) | (((bits &>> Int32(i + 16)) & 1) &<< 4)) }
    }
}
