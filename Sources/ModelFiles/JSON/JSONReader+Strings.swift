extension JSONReader {
    /// Reads a string; `position` stands on its opening quote.
    mutating func readString() throws -> String {
        let start = position
        position += 1
        let contents = position
        var escaped = false
        while true {
            guard let byte = current else { throw error("the string that starts here never ends", at: start) }
            if byte == UInt8(ascii: "\"") { break }
            guard byte >= 0x20 else {
                throw error(
                    "a control character (0x\(String(byte, radix: 16))) stands unescaped in a string", at: position)
            }
            if byte == UInt8(ascii: "\\") {
                escaped = true
                position += 1
            }
            position += 1
        }
        let end = position
        let raw = UnsafeBufferPointer(rebasing: bytes[contents..<end])
        position = end + 1
        let text =
            escaped
            ? String(validating: try unescape(contents..<end), as: UTF8.self)
            : String(validating: raw, as: UTF8.self)
        guard let text else { throw error("the string that starts here is not valid UTF-8", at: start) }
        return text
    }

    /// The UTF-8 bytes that the escapes in `range` stand for.
    private func unescape(_ range: Range<Int>) throws -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = bytes[index]
            guard byte == UInt8(ascii: "\\") else {
                output.append(byte)
                index += 1
                continue
            }
            // The scan for the closing quote stepped over whole escapes, so one more byte is inside the range.
            switch bytes[index + 1] {
            case UInt8(ascii: "\""): output.append(UInt8(ascii: "\""))
            case UInt8(ascii: "\\"): output.append(UInt8(ascii: "\\"))
            case UInt8(ascii: "/"): output.append(UInt8(ascii: "/"))
            case UInt8(ascii: "b"): output.append(0x08)
            case UInt8(ascii: "f"): output.append(0x0C)
            case UInt8(ascii: "n"): output.append(0x0A)
            case UInt8(ascii: "r"): output.append(0x0D)
            case UInt8(ascii: "t"): output.append(0x09)
            case UInt8(ascii: "u"):
                let scalar = try unicodeEscape(at: &index, end: range.upperBound)
                output.append(contentsOf: UTF8.encode(scalar)!)
                continue
            default: throw error("a backslash stands before a character that it cannot escape", at: index)
            }
            index += 2
        }
        return output
    }

    /// Decodes `\uXXXX`, or a surrogate pair of two, and moves `index` past it.
    private func unicodeEscape(at index: inout Int, end: Int) throws -> Unicode.Scalar {
        let start = index
        let unit = try hexadecimal(at: index, end: end)
        index += 6
        if let scalar = Unicode.Scalar(unit) { return scalar }
        let isHigh = unit < 0xDC00
        if isHigh, end - index >= 2, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u") {
            let low = try hexadecimal(at: index, end: end)
            if (0xDC00..<0xE000).contains(low) {
                index += 6
                // A pair always names a scalar from U+10000 to U+10FFFF.
                return Unicode.Scalar(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00))!
            }
        }
        let which = isHigh ? "high" : "low"
        throw error("a \(which) surrogate (\\u\(String(unit, radix: 16))) stands without its other half", at: start)
    }

    private func hexadecimal(at index: Int, end: Int) throws -> UInt32 {
        guard end - index >= 6 else { throw error("\\u needs four hexadecimal digits", at: index) }
        var value: UInt32 = 0
        for digit in bytes[index + 2..<index + 6] {
            guard let number = Character(UnicodeScalar(digit)).hexDigitValue, digit < 0x80 else {
                throw error("\\u needs four hexadecimal digits", at: index)
            }
            value = value << 4 | UInt32(number)
        }
        return value
    }
}
