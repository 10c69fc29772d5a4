/// Q3_K, 110 bytes for 256 elements in 16 groups of 16: x = (d · (s − 32)) · (q − 4).
///
///     0            32           96             108  110
///     | h … (32)   | q … (64)   | s … (12)     | d  |     d: float16
///
/// q holds each element's low two bits as Q2_K does; bit j of byte l of h is the third bit of element 32j + l. The
/// 6-bit scales: s0…s7 and s8…s15 have their low four bits in the low and high halves of bytes 0…7; byte 8 + i has the
/// high two bits of s(i), s(i + 4), s(i + 8), s(i + 12), from its lowest bits up.
enum Q3KBlock: BlockFormat {
    static let elements = 256
    static let bytes = 110

    @inline(__always)
    static func decode(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
        let d = block.half(108)
        for group in 0..<16 {
            let scale = d * Float(scale(group, block + 96) &- 32)
            let bits = block + group % 2 * 16
            let quants = block + 32 + group / 8 * 32 + group % 2 * 16
            let shift = Int32(group % 8 / 2 * 2)
            let highBit = Int32(group / 2)
            let target = out + group * 16
            for l in 0..<16 {
                let q = ((quants.byte(l) &>> shift) & 3) | (((bits.byte(l) &>> highBit) & 1) &<< 2)
                target[l] = scale * Float(q &- 4)
            }
        }
    }

    @inline(__always)
    private static func scale(_ group: Int, _ scales: UnsafeRawPointer) -> Int32 {
        let low = (scales.byte(group % 8) &>> Int32(group / 8 * 4)) & 15
        let high = (scales.byte(8 + group % 4) &>> Int32(group / 4 * 2)) & 3
        return low | (high &<< 4)
    }
}
