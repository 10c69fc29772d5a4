/// Foreign text, a file's name above all, as one line that reads as it stands: characters that control a terminal, break
/// a line or turn the direction of what follows become spaces.
package enum SingleLine {
    package static func of(_ text: String) -> String {
        String(text.map { character in character.unicodeScalars.contains(where: isControl) ? " " : character })
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: turnsDirection(scalar)
        }
    }

    /// Whether it embeds, overrides or isolates a direction, https://www.unicode.org/reports/tr9. Marks (U+200E, U+200F)
    /// move nothing beside them and stay, as text of right-to-left scripts needs them.
    private static func turnsDirection(_ scalar: Unicode.Scalar) -> Bool {
        (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
    }
}
