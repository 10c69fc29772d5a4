/// Q4_K, 144 bytes for 256 elements in 8 groups of 32: x = (d · s) · q − (dmin · m).
///
///     0    2      4             16            144
///     | d  | dmin | sm … (12)   | q … (128)   |     d, dmin: float16; sm: see `PackedScales`
///
/// q is four runs of 32 bytes; run j holds group 2j in its low and group 2j + 1 in its high four bits.
enum Q4KBlock: BlockFormat {
    static let elements = 256
    static let bytes = 144

    @inline(__always)
    static func decode(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
        for group in 0..<8 {
            let (scale, minimum) = PackedScales.scaleAndMinimum(of: group, in: block)
            let quants = block + 16 + group / 2 * 32
            let shift = Int32(group % 2 * 4)
            let target = out + group * 32
            for l in 0..<32 { target[l] = scale * Float((quants.byte(l) &>> shift) & 15) - minimum }
        }
    }
}

/// Q5_K, 176 bytes for 256 elements in 8 groups of 32: x = (d · s) · q − (dmin · m).
///
///     0    2      4             16           48            176
///     | d  | dmin | sm … (12)   | h … (32)   | q … (128)   |     d, dmin: float16; sm: see `PackedScales`
///
/// q holds the low four bits as Q4_K does; bit j of byte l of h is the fifth bit of element l of group j.
enum Q5KBlock: BlockFormat {
    static let elements = 256
    static let bytes = 176

    @inline(__always)
    static func decode(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
        let bits = block + 16
        for group in 0..<8 {
            let (scale, minimum) = PackedScales.scaleAndMinimum(of: group, in: block)
            let quants = block + 48 + group / 2 * 32
            let shift = Int32(group % 2 * 4)
            let highBit = Int32(group)
            let target = out + group * 32
            for l in 0..<32 {
                let q = ((quants.byte(l) &>> shift) & 15) | (((bits.byte(l) &>> highBit) & 1) &<< 4)
                target[l] = scale * Float(q) - minimum
            }
        }
    }
}

/// The eight 6-bit scales s and minima m in twelve bytes that Q4_K and Q5_K share, highest bit first:
///
///     byte i     (i < 4)   high two bits of s(i + 4), all six of s(i)
///     byte 4 + i           high two bits of m(i + 4), all six of m(i)
///     byte 8 + i           low four bits of m(i + 4), low four of s(i + 4)
enum PackedScales {
    /// d · s and dmin · m of a group, of a block that starts with d, dmin and the twelve bytes.
    @inline(__always)
    static func scaleAndMinimum(of group: Int, in block: UnsafeRawPointer) -> (scale: Float, minimum: Float) {
        let packed = block + 4
        let (s, m): (Int32, Int32)
        if group < 4 {
            (s, m) = (packed.byte(group) & 63, packed.byte(4 + group) & 63)
        } else {
            let low = packed.byte(4 + group)
            s = (low & 15) | ((packed.byte(group - 4) >> 2) & 48)
            m = (low >> 4) | ((packed.byte(group) >> 2) & 48)
        }
        return (block.half(0) * Float(s), block.half(2) * Float(m))
    }
}
