/// How values appear in messages: quoted, and shortened so that a message stays a line.
enum Shown {
    static func quoted(_ text: String) -> String {
        "\"\(shortened(text))\""
    }

    /// At most 40 characters, control characters as escapes.
    static func shortened(_ text: String) -> String {
        var result = ""
        for (index, scalar) in text.unicodeScalars.enumerated() {
            if index == 40 { return result + "…" }
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            result += isControl ? scalar.escaped(asASCII: true) : String(scalar)
        }
        return result
    }

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
