/// The 16-bit floating-point formats of model files.
enum Half {
    /// float16 to float32, exactly. Without branches, so that a loop over it vectorises: Swift's own conversion is a
    /// library call where the processor has no instruction for it, and this binary is built for the plainest x86-64.
    @inline(__always)
    static func float(float16 bits: UInt16) -> Float {
        let sign = UInt32(bits & 0x8000) << 16
        let magnitude = UInt32(bits & 0x7FFF) << 13
        let exponent = magnitude & 0x0F80_0000
        // Rebias the exponent from 15 to 127; infinity and NaN keep an exponent of all ones.
        let normal = magnitude &+ (exponent == 0x0F80_0000 ? 0x7000_0000 : 0x3800_0000)
        // A subnormal is mantissa · 2⁻²⁴: put the mantissa under the exponent of 2⁻¹⁴ and take 2⁻¹⁴ away again.
        let subnormal = (Float(bitPattern: magnitude &+ 0x3880_0000) - 0x1p-14).bitPattern
        return Float(bitPattern: sign | (exponent == 0 ? subnormal : normal))
    }

    @inline(__always)
    static func float(bfloat16 bits: UInt16) -> Float {
        Float(bitPattern: UInt32(bits) << 16)
    }

    /// float32 to float16, to nearest, ties to even; what is too large becomes infinite.
    static func float16(_ value: Float) -> UInt16 { Float16(value).bitPattern }

    /// float32 to bfloat16, to nearest, ties to even; NaN stays NaN.
    static func bfloat16(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        if value.isNaN { return UInt16(truncatingIfNeeded: bits >> 16) | 0x40 }
        return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ ((bits >> 16) & 1)) >> 16)
    }
}
