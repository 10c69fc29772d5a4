extension Shown {
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
