/// Text that somebody else wrote: names, labels, slices, ids, paths, tokens, mistakes that quote them. This is the one way
/// by which it reaches logs, terminals, pages, Markdown and chats.
///
/// What is promised of each of them: no character that controls a terminal, breaks a line that is one, turns the
/// direction of what stands around it or cannot be seen; and nothing that marks up, links to a place or rings anybody.
/// Such a character is not dropped but named (`␛`, `⟨U+202E⟩`), so that two names that differ look different. Text that
/// people write, in any script, and emoji stay as they are.
package enum ForeignText {
    /// As one line, for a log or a terminal: line breaks and tabs become spaces.
    package static func line(_ text: String) -> String {
        if text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return text }
        return String(Visible.scalars(text, layout: .oneLine, mark: mark))
    }

    /// As lines, for a place that has room for them: line feeds and tabs stay, every other control is named.
    package static func block(_ text: String) -> String {
        if text.utf8.allSatisfy({ (0x20...0x7E).contains($0) || $0 == 0x0A || $0 == 0x09 }) { return text }
        return String(Visible.scalars(text, layout: .lines, mark: mark))
    }

    /// A value in quotes within a message: one line, cut after `limit` Unicode scalars.
    package static func quoted(_ text: String, limit: Int = 40) -> String { "\"\(shortened(text, to: limit))\"" }

    /// One line of at most `limit` Unicode scalars of `text`, and `…` where it has more.
    package static func shortened(_ text: String, to limit: Int) -> String {
        let beginning = beginning(of: text, limit)
        return line(beginning.text) + (beginning.omitted == 0 ? "" : "…")
    }

    /// At most `limit` Unicode scalars of a text, and how many were left out. Scalars, because one user-perceived
    /// character may hold any number of them.
    package static func beginning(of text: String, _ limit: Int) -> (text: String, omitted: Int) {
        let scalars = text.unicodeScalars
        guard let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex),
            end != scalars.endIndex
        else { return (text, 0) }
        return (String(scalars[..<end]), scalars.distance(from: end, to: scalars.endIndex))
    }

    /// Whether `text` is one line that shows all that it holds.
    package static func isPlain(_ text: String) -> Bool { line(text).utf8.elementsEqual(text.utf8) }

    /// A hidden character by its picture, or its number.
    private static func mark(_ scalar: Unicode.Scalar) -> String {
        switch scalar.value {
        case 0...0x1F: Unicode.Scalar(0x2400 + scalar.value).map { String($0) } ?? "\u{FFFD}"
        case 0x7F: "\u{2421}"
        default: "⟨U+\(String(scalar.value, radix: 16, uppercase: true))⟩"
        }
    }
}
