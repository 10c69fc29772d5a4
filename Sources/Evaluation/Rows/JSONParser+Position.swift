extension JSONParser {
    /// The byte at `offset`, nil at the end.
    var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { offset += 1 }
    }

    /// Passes over white space and then over `byte`, if that is what follows.
    mutating func skip(_ byte: UInt8) -> Bool {
        skipSpace()
        guard peek == byte else { return false }
        offset += 1
        return true
    }

    /// The character at `offset`, as a message names it.
    var found: String {
        guard let byte = peek else { return "the end of the line" }
        guard let character = String(decoding: bytes[offset...].prefix(32), as: UTF8.self).first else { return "nothing" }
        return byte < 0x20 ? "the control character \(byte)" : "`\(character)`"
    }

    func error(_ message: String, at position: Int? = nil) -> JSONSyntaxError {
        let before = bytes[..<(position ?? offset)]
        // Bytes 10xxxxxx continue a character; every other begins one.
        return JSONSyntaxError(column: 1 + before.count(where: { $0 & 0xC0 != 0x80 }), message: message)
    }

    /// The offset of the first byte that is not part of a well-formed UTF-8 sequence (Unicode 15, table 3-7).
    static func firstInvalidUTF8(_ bytes: [UInt8]) -> Int? {
        if String(validating: bytes, as: UTF8.self) != nil { return nil }
        var decoder = UTF8()
        var position = 0
        var iterator = bytes.makeIterator()
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            position += UTF8.width(scalar)
        }
        return position
    }
}
