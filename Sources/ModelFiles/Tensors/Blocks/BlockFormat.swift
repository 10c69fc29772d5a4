/// A ggml block: some elements that are stored together with the scales they share.
///
/// Every format multiplies and adds in float32 in the order of ggml's reference, so that its elements equal those of the
/// `gguf` package to the bit; an infinite or NaN scale spreads over its elements as it does there.
///
/// Block layouts: https://github.com/ggml-org/ggml/blob/master/src/ggml-common.h
protocol BlockFormat {
    /// Elements of one block.
    static var elements: Int { get }
    /// Bytes of one block.
    static var bytes: Int { get }

    /// Writes the `elements` of the block of `bytes` at `block`.
    static func decode(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>)
}

extension UnsafeRawPointer {
    /// The byte at an offset, as Int32, the type that the nibbles' arithmetic vectorises in.
    @inline(__always)
    func byte(_ offset: Int) -> Int32 { Int32(load(fromByteOffset: offset, as: UInt8.self)) }

    @inline(__always)
    func signedByte(_ offset: Int) -> Int32 { Int32(load(fromByteOffset: offset, as: Int8.self)) }

    @inline(__always)
    func word(_ offset: Int) -> UInt16 {
        UInt16(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    /// A float16, the type of all scales that stand for a whole block.
    @inline(__always)
    func half(_ offset: Int) -> Float { Half.float(float16: word(offset)) }
}
