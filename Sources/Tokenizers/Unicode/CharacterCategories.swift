/// The general categories that pre-tokenizer patterns tell apart, as the library's regular expressions have them. Each
/// scalar is of exactly one; a pattern's class is a set of them.
package struct CharacterCategories: OptionSet, Sendable, Hashable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// \p{Lu} and \p{Lt}.
    package static let upper = CharacterCategories(rawValue: 1 << 0)
    /// \p{Ll}
    package static let lower = CharacterCategories(rawValue: 1 << 1)
    /// \p{Lm} and \p{Lo}.
    package static let uncased = CharacterCategories(rawValue: 1 << 2)
    /// \p{M}
    package static let mark = CharacterCategories(rawValue: 1 << 3)
    /// \p{N}
    package static let number = CharacterCategories(rawValue: 1 << 4)
    /// \p{P}
    package static let punctuation = CharacterCategories(rawValue: 1 << 5)
    /// \p{S}
    package static let symbol = CharacterCategories(rawValue: 1 << 6)
    /// \s
    package static let space = CharacterCategories(rawValue: 1 << 7)
    /// Whatever is left: controls, formats, private and unassigned scalars.
    package static let other = CharacterCategories(rawValue: 1 << 8)

    /// \p{L}
    package static let letter: CharacterCategories = [.upper, .lower, .uncased]

    /// The category of a scalar.
    @inline(__always)
    package init(_ scalar: Unicode.Scalar) {
        let value = Int(scalar.value)
        self = value < 0x10000 ? Self.basicPlane[value] : Self.lookedUp(scalar)
    }

    private static let basicPlane: [CharacterCategories] = (0..<UInt32(0x10000)).map { value in
        Unicode.Scalar(value).map(lookedUp) ?? .other
    }

    private static func lookedUp(_ scalar: Unicode.Scalar) -> CharacterCategories {
        switch CharacterClass(scalar) {
        case .number: return .number
        case .space: return .space
        case .letter, .other: break
        }
        guard scalar.isAssigned(by: CharacterClass.unicodeVersion) else { return .other }
        // A small letter until Unicode 17, which took its case from it.
        if scalar.value == 0x295 { return .lower }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .titlecaseLetter: return .upper
        case .lowercaseLetter: return .lower
        case .modifierLetter, .otherLetter: return .uncased
        case .nonspacingMark, .spacingMark, .enclosingMark: return .mark
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            return .punctuation
        case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol: return .symbol
        default: return .other
        }
    }
}

extension Array where Element == UInt8 {
    @inline(__always)
    func category(at position: Int) -> (category: CharacterCategories, length: Int) {
        let (scalar, length) = scalar(at: position)
        return (CharacterCategories(scalar), length)
    }

    /// Where the run of characters of `categories` that goes on at `start` ends.
    @inline(__always)
    func runEnd(_ start: Int, _ limit: Int, of categories: CharacterCategories) -> Int {
        var end = start
        while end < limit {
            let (next, length) = category(at: end)
            guard categories.contains(next) else { break }
            end += length
        }
        return end
    }

    /// Whether a carriage return or line feed stands at `position`.
    @inline(__always)
    func isLineEnd(at position: Int) -> Bool { self[position] == 0x0A || self[position] == 0x0D }
}
