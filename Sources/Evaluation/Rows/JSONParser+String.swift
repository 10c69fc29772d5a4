extension JSONParser {
    /// A string by RFC 8259 section 7, its escapes resolved; `offset` stands on the opening quote.
    mutating func string() throws -> String {
        let opening = offset
        offset += 1
        var result: [UInt8] = []
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                offset += 1
                return String(decoding: result, as: UTF8.self)
            case UInt8(ascii: "\\"):
                result.append(contentsOf: String(try escape()).utf8)
            case 0..<0x20:
                throw error("a control character in a string must be written as an escape, found \(found)")
            default:
                result.append(byte)
                offset += 1
            }
        }
        throw error("the string that begins here has no closing quote", at: opening)
    }

    private mutating func escape() throws -> Unicode.Scalar {
        let start = offset
        offset += 1
        guard let letter = peek else { throw error("the line ends inside an escape") }
        offset += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape(start)
        default: throw error("unknown escape in a string", at: start)
        }
    }

    /// `\uXXXX`, or a high and a low surrogate that together spell one character (RFC 8259 section 7).
    private mutating func unicodeEscape(_ start: Int) throws -> Unicode.Scalar {
        let first = try codeUnit(start)
        if let scalar = Unicode.Scalar(first) { return scalar }
        let isHigh = first < 0xDC00
        if isHigh, bytes[offset...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) {
            offset += 2
            let second = try codeUnit(start)
            let joined = 0x10000 + (first - 0xD800) << 10 + (second &- 0xDC00)
            if (0xDC00...0xDFFF).contains(second), let scalar = Unicode.Scalar(joined) { return scalar }
        }
        let spelled = String(first, radix: 16, uppercase: true)
        throw error("the escape \\u\(spelled) is half of a surrogate pair, which is not a character", at: start)
    }

    private mutating func codeUnit(_ start: Int) throws -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw error("expected four hexadecimal digits after \\u", at: start)
            }
            value = value << 4 | UInt32(digit)
            offset += 1
        }
        return value
    }
}
