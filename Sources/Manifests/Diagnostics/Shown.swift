import ForeignText

/// How values appear in messages: quoted, and shortened so that a message stays a line.
enum Shown {
    static func quoted(_ text: String) -> String { ForeignText.quoted(text) }

    /// At most 40 characters.
    static func shortened(_ text: String) -> String { ForeignText.shortened(text, to: 40) }

    /// Kind and value: `the text "eight"`, `the number 8.5`, `a list of 3`.
    static func kind(of node: YAMLNode) -> String {
        switch node.content {
        case .sequence(let elements): elements.isEmpty ? "an empty list" : "a list of \(elements.count)"
        case .mapping(let entries):
            entries.isEmpty
                ? "an empty mapping" : "a mapping with the key \(quoted(entries[0].key))"
        case .scalar(let scalar):
            switch scalar.value {
            case .null: scalar.text.isEmpty ? "nothing" : shortened(scalar.text)
            case .boolean: "the truth value \(shortened(scalar.text))"
            case .integer, .number: "the number \(shortened(scalar.text))"
            case .string: "the text \(quoted(scalar.text))"
            }
        }
    }
}
