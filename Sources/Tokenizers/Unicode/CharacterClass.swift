/// The classes that pre-tokenizer patterns tell apart: \p{L}, \p{N}, \s and the rest, as the library's regular
/// expressions have them, which know Unicode 16.
package enum CharacterClass: UInt8, Sendable {
    case letter, number, space, other

    static let unicodeVersion = UnicodeAge(16, 0)

    /// The class of a scalar.
    @inline(__always)
    package init(_ scalar: Unicode.Scalar) {
        let value = Int(scalar.value)
        if value < 0x80 {
            self = Self.ofASCII(UInt8(value))
        } else if value < 0x10000 {
            self = Self.basicPlane[value]
        } else {
            self = Self.beyondASCII(scalar)
        }
    }

    private static let basicPlane: [CharacterClass] = (0..<0x10000).map { value in
        guard value >= 0x80 else { return ofASCII(UInt8(value)) }
        return Unicode.Scalar(UInt32(value)).map(beyondASCII) ?? .other
    }

    @inline(__always)
    static func ofASCII(_ byte: UInt8) -> CharacterClass {
        switch byte {
        case 0x41...0x5A, 0x61...0x7A: .letter
        case 0x30...0x39: .number
        case 0x20, 0x09...0x0D: .space
        default: .other
        }
    }

    private static func beyondASCII(_ scalar: Unicode.Scalar) -> CharacterClass {
        guard scalar.isAssigned(by: unicodeVersion) else { return .other }
        let properties = scalar.properties
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return .letter
        case .decimalNumber, .letterNumber, .otherNumber: return .number
        default: return properties.isWhitespace ? .space : .other
        }
    }
}
