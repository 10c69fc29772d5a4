/// Classes that the library takes from Rust itself and from its crates.
package enum WordClasses {
    /// `char::is_numeric`: \p{N} of the latest Unicode.
    package static func isNumeric(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value >= 0x80 else { return (0x30...0x39).contains(scalar.value) }
        return switch scalar.properties.generalCategory {
        case .decimalNumber, .letterNumber, .otherNumber: true
        default: false
        }
    }

    /// `\w`: letters, marks, decimal digits, connectors and joiners. https://www.unicode.org/reports/tr18/
    package static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: return true
        case ..<0x80: return false
        default: break
        }
        guard scalar.isAssigned(by: CharacterClass.unicodeVersion) else { return false }
        let properties = scalar.properties
        if properties.isAlphabetic || properties.isJoinControl { return true }
        return switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: true
        default: false
        }
    }

    /// `\w` in a Split's expression, whose library counts Latin-1's fractions and superscripts, and not the joiners.
    package static func isExpressionWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xB2, 0xB3, 0xB9, 0xBC, 0xBD, 0xBE: true
        case 0x200C, 0x200D: false
        default: isWord(scalar)
        }
    }

    /// `is_combining_mark`: \p{M} of Unicode 9, with the deviations of the library's table.
    package static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case ..<0x300: return false
        case 0x1CF2, 0x1CF3: return true
        case 0x111C9: return false
        default: break
        }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark:
            return scalar.isAssigned(by: NormalizationForm.unicodeVersion)
        default: return false
        }
    }
}
