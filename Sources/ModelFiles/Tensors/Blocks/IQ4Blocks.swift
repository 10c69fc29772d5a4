/// IQ4_NL, 18 bytes for 32 elements: x = d · v[q], v being sixteen unevenly spaced values.
///
///     0    2                18
///     | d  | q q q … q (16) |     d: float16; q as in Q4_0
enum IQ4NLBlock: BlockFormat {
    static let elements = 32
    static let bytes = 18

    @inline(__always)
    static func decode(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
        NonlinearValues.decode(block + 2, scale: block.half(0), into: out)
    }
}

/// IQ4_XS, 136 bytes for 256 elements in 8 groups of 32: x = (d · (s − 32)) · v[q], v as in IQ4_NL.
///
///     0    2    4           8             136
///     | d  | h  | l … (4)   | q … (128)   |     d: float16; q: 16 bytes a group, each as in IQ4_NL
///
/// The 6-bit scale of group j: its low four bits are half j % 2 (low half first) of byte j / 2 of l, its high two are
/// bits 2j and 2j + 1 of the 16-bit h.
enum IQ4XSBlock: BlockFormat {
    static let elements = 256
    static let bytes = 136

    @inline(__always)
    static func decode(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
        let d = block.half(0)
        let high = Int32(block.word(2))
        for group in 0..<8 {
            let low = (block.byte(4 + group / 2) &>> Int32(group % 2 * 4)) & 15
            let s = low | (((high &>> Int32(2 * group)) & 3) &<< 4)
            NonlinearValues.decode(block + 8 + group * 16, scale: d * Float(s &- 32), into: out + group * 32)
        }
    }
}

private enum NonlinearValues {
    private static let values: SIMD16<Int8> = [
        -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113,
    ]

    /// 32 elements of 16 bytes: x = scale · v[q].
    @inline(__always)
    static func decode(_ quants: UnsafeRawPointer, scale: Float, into out: UnsafeMutablePointer<Float>) {
        withUnsafeBytes(of: values) { table in
            guard let table = table.baseAddress else { return }
            for i in 0..<16 { out[i] = scale * Float(table.signedByte(Int(quants.byte(i) & 15))) }
            for i in 0..<16 { out[i + 16] = scale * Float(table.signedByte(Int(quants.byte(i) >> 4))) }
        }
    }
}
