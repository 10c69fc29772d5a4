/// Q2_K, 84 bytes for 256 elements in 16 groups of 16: x = (d · s) · q − (dmin · m).
///
///     0            16           80   82     84
///     | sm … (16)  | q … (64)   | d  | dmin |     d, dmin: float16
///
/// Byte g of sm holds group g's scale s in its low and its minimum m in its high four bits. q is two runs of 32 bytes;
/// each run holds 128 elements, of which byte l has 32j + l in bits 2j and 2j + 1.
enum Q2KBlock: BlockFormat {
    static let elements = 256
    static let bytes = 84

    @inline(__always)
    static func decode(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
        let d = block.half(80)
        let dmin = block.half(82)
        for group in 0..<16 {
            let packed = block.byte(group)
            let scale = d * Float(packed & 15)
            let minimum = dmin * Float(packed >> 4)
            let quants = block + 16 + group / 8 * 32 + group % 2 * 16
            let shift = Int32(group % 8 / 2 * 2)
            let target = out + group * 16
            for l in 0..<16 { target[l] = scale * Float((quants.byte(l) &>> shift) & 3) - minimum }
        }
    }
}
