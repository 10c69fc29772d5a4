/// Turns float32 into stored elements.
enum Quantisation {
    /// What the writers can write.
    static let writable: [FileDType] = [.f32, .f16, .bf16, .q8_0]

    /// Appends the blocks of `values`, whose count is a multiple of the type's block.
    ///
    /// - Returns: false where a value is too large, infinite or NaN and the type has no way to say so.
    static func encode(
        _ values: UnsafeMutableBufferPointer<Float>, dtype: FileDType, into bytes: inout [UInt8]
    ) -> Bool {
        switch dtype {
        // The machines that lorad runs on are little-endian, as the files are.
        case .f32: bytes.append(contentsOf: UnsafeRawBufferPointer(values))
        case .f16: append(values.map { Half.float16($0).littleEndian }, to: &bytes)
        case .bf16: append(values.map { Half.bfloat16($0).littleEndian }, to: &bytes)
        case .q8_0:
            return stride(from: 0, to: values.count, by: 32).allSatisfy {
                encodeQ8(values[$0..<($0 + 32)], into: &bytes)
            }
        default: preconditionFailure("\(dtype.rawValue) is checked for before")
        }
        return true
    }

    /// scale = max|x| / 127 stored as float16; q = x / scale (with the scale before its rounding), halves away from 0.
    private static func encodeQ8(_ block: Slice<UnsafeMutableBufferPointer<Float>>, into bytes: inout [UInt8]) -> Bool {
        let scale = block.reduce(0) { max($0, abs($1)) } / 127
        let stored = Half.float16(scale)
        guard block.allSatisfy(\.isFinite), Half.float(float16: stored).isFinite else { return false }
        append([stored.littleEndian], to: &bytes)
        // Below float16's smallest scale every element reads back as zero, and 1 / scale may overflow.
        let inverse = stored == 0 ? 0 : 1 / scale
        for value in block {
            bytes.append(UInt8(bitPattern: Int8((value * inverse).rounded(.toNearestOrAwayFromZero))))
        }
        return true
    }

    private static func append<Word>(_ words: [Word], to bytes: inout [UInt8]) {
        words.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }
}
