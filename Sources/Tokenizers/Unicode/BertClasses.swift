/// The classes of BERT's normaliser and pre-tokenizer: those of Unicode 8 with a few deviations, all of them measured
/// over every scalar (`scripts/reference/tokenizers_unicode.py`).
package enum BertClasses {
    private static let unicodeVersion = UnicodeAge(8, 0)

    /// Control, format and private-use characters, which are removed; tab and line ends are white space instead.
    package static func isRemoved(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D: return false
        case 0, 0xFFFD: return true
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .privateUse: return scalar.isAssigned(by: unicodeVersion)
        default: return false
        }
    }

    /// The blocks that BERT takes for Chinese characters, each of which becomes a word.
    package static func isChinese(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F,
            0x2B920...0x2CEAF, 0xF900...0xFAFF, 0x2F800...0x2FA1F:
            true
        default: false
        }
    }

    /// Marks that are dropped with the accents: \p{Mn}.
    package static func isNonspacingMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1734, 0x1171E: true
        case 0x1885, 0x1886, 0xA9BD, 0x111C9: false
        default: scalar.properties.generalCategory == .nonspacingMark && scalar.isAssigned(by: unicodeVersion)
        }
    }

    /// Characters that are words of their own: \p{P} and all of ASCII's signs.
    package static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E, 0x166D, 0x111C9: return true
        case ..<0x80: return false
        default: break
        }
        switch scalar.properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            return scalar.isAssigned(by: unicodeVersion)
        default: return false
        }
    }
}
