import ForeignText

/// How values appear in messages: quoted, and shortened so that a message stays a line.
enum Shown {
    static func quoted(_ text: String) -> String { ForeignText.quoted(text) }

    /// At most 40 characters.
    static func shortened(_ text: String) -> String { ForeignText.shortened(text, to: 40) }
}
