/// Reading scalars out of UTF-8 that is known to be valid, as a `String`'s is.
extension Array where Element == UInt8 {
    /// The scalar that starts at `position`, and its length in bytes.
    @inline(__always)
    func scalar(at position: Int) -> (scalar: Unicode.Scalar, length: Int) {
        let first = self[position]
        if first < 0x80 { return (Unicode.Scalar(first), 1) }
        return longScalar(first, at: position)
    }

    private func longScalar(_ first: UInt8, at position: Int) -> (scalar: Unicode.Scalar, length: Int) {
        let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
        var value = UInt32(first) & (0x7F >> UInt32(length))
        for byte in self[(position + 1)..<(position + length)] { value = value << 6 | UInt32(byte & 0x3F) }
        return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
    }

    /// The scalar that ends before `position`.
    func scalar(before position: Int) -> Unicode.Scalar {
        var start = position - 1
        while start > 0, self[start] & 0xC0 == 0x80 { start -= 1 }
        return scalar(at: start).scalar
    }

    mutating func append(_ scalar: Unicode.Scalar) {
        if scalar.value < 0x80 {
            append(UInt8(scalar.value))
        } else {
            append(contentsOf: UTF8.encode(scalar)!)
        }
    }

    /// Whether `other` stands at `position`.
    func matches(_ other: [UInt8], at position: Int, before limit: Int) -> Bool {
        guard position + other.count <= limit else { return false }
        for index in other.indices where self[position + index] != other[index] { return false }
        return true
    }

    var isASCII: Bool { allSatisfy { $0 < 0x80 } }
}
