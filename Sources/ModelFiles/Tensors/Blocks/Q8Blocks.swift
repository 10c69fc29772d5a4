/// Q8_0, 34 bytes for 32 elements: x = d · q.
///
///     0    2                34
///     | d  | q q q … q (32) |     d: float16; q: a signed byte an element
enum Q8_0Block: BlockFormat {
    static let elements = 32
    static let bytes = 34

    @inline(__always)
    static func decode(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
        let d = block.half(0)
        for i in 0..<32 { out[i] = Float(block.signedByte(2 + i)) * d }
    }
}
