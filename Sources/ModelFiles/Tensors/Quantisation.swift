/// Turns float32 into stored elements.
enum Quantisation {
    /// What the writers can write.
    static let writable = FileDType.allCases.filter { [.f32, .f16, .bf16].contains($0) || $0.quantiser != nil }

    /// Writes the elements of a row, whose count is a multiple of the type's block, as the bytes that they take.
    ///
    /// - Returns: false where a value is too large, infinite or NaN and the type has no way to say so.
    static func encode(
        _ values: UnsafeMutableBufferPointer<Float>, dtype: FileDType, into target: UnsafeMutableRawBufferPointer
    ) -> Bool {
        precondition(target.count == values.count / dtype.blockElements * dtype.blockBytes)
        switch dtype {
        // The machines that lorad runs on are little-endian, as the files are.
        case .f32: target.copyMemory(from: UnsafeRawBufferPointer(values))
        case .f16: store(values, into: target, Half.float16)
        case .bf16: store(values, into: target, Half.bfloat16)
        default:
            guard let quantiser = dtype.quantiser else {
                preconditionFailure("\(dtype.rawValue) is checked for before")
            }
            return quantiser.encode(values, into: target)
        }
        return true
    }

    @inline(__always)
    private static func store(
        _ values: UnsafeMutableBufferPointer<Float>, into target: UnsafeMutableRawBufferPointer,
        _ convert: (Float) -> UInt16
    ) {
        for (index, value) in values.enumerated() {
            target.storeBytes(of: convert(value).littleEndian, toByteOffset: 2 * index, as: UInt16.self)
        }
    }
}
