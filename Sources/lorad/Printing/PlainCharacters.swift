/// Text for a terminal that shows ASCII alone: what lorad's own figures and sentences are written with becomes what is
/// nearest to it, any other character a question mark.
package enum PlainCharacters {
    private static let nearest: [Character: String] = [
        "−": "-", "–": "-", "—": "-", "≥": ">=", "≤": "<=", "×": "x", "…": "...", "·": "*", "±": "+-", "√": "sqrt ",
        "“": "\"", "”": "\"", "‘": "'", "’": "'", "█": "#", "░": "-", "⟦": "[", "⟧": "]",
    ]
    private static let raised: [Character: String] = [
        "⁻": "-", "⁰": "0", "¹": "1", "²": "2", "³": "3", "⁴": "4", "⁵": "5", "⁶": "6", "⁷": "7", "⁸": "8", "⁹": "9",
    ]

    /// `3.1x10^-5` for `3.1×10⁻⁵`.
    package static func of(_ text: String) -> String {
        var plain = ""
        var isRaised = false
        for character in text {
            if let digit = raised[character] {
                plain += isRaised ? digit : "^" + digit
                isRaised = true
                continue
            }
            isRaised = false
            plain += character.isASCII ? String(character) : nearest[character] ?? "?"
        }
        return plain
    }
}
