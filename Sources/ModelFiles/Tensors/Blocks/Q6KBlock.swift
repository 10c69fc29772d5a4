/// Q6_K, 210 bytes for 256 elements in 16 groups of 16: x = (d · s) · (q − 32).
///
///     0             128          192          208  210
///     | q … (128)   | h … (64)   | s … (16)   | d  |     d: float16; s: a signed byte a group
///
/// Each half of the block, 128 elements, has 64 bytes of q and 32 of h. Elements 0…63 of the half have their low four
/// bits in the low halves of q's bytes, elements 64…127 in the high ones; bits 2j and 2j + 1 of byte l of h are the high
/// two bits of element 32j + l.
enum Q6KBlock: BlockFormat {
    static let elements = 256
    static let bytes = 210

    @inline(__always)
    static func decode(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
        let d = block.half(208)
        for group in 0..<16 {
            let scale = d * Float(block.signedByte(192 + group))
            let half = group / 8
            let quants = block + half * 64 + group % 4 * 16
            let shift = Int32(group % 8 / 4 * 4)
            let bits = block + 128 + half * 32 + group % 2 * 16
            let highShift = Int32(group % 8 / 2 * 2)
            let target = out + group * 16
            for l in 0..<16 {
                let q = ((quants.byte(l) &>> shift) & 15) | (((bits.byte(l) &>> highShift) & 3) &<< 4)
                target[l] = scale * Float(q &- 32)
            }
        }
    }
}
