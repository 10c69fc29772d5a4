import ForeignText

/// Writes a node tree as YAML: sections as blocks, lists of scalars and mappings inside lists on one line.
enum YAMLWriter {
    /// The tree as a text that `YAMLComposer` reads back as the same values.
    static func text(_ root: YAMLNode) -> String {
        guard let entries = root.entries, !entries.isEmpty else { return flow(root) + "\n" }
        return block(entries, indent: 0)
    }

    private static func block(_ entries: [YAMLEntry], indent: Int) -> String {
        let space = String(repeating: " ", count: indent)
        return entries.map { entry in
            let key = space + scalar(YAMLScalar(string: entry.key)) + ":"
            switch entry.value.content {
            case .mapping(let inner) where !inner.isEmpty:
                return "\(key)\n\(block(inner, indent: indent + 2))"
            case .sequence(let elements) where elements.contains(where: { $0.scalar == nil }):
                let lines = elements.map { "\(space)  - \(flow($0))\n" }
                return "\(key)\n\(lines.joined())"
            default:
                return "\(key) \(flow(entry.value))\n"
            }
        }.joined()
    }

    /// A node on one line.
    static func flow(_ node: YAMLNode) -> String {
        switch node.content {
        case .scalar(let value): scalar(value)
        case .sequence(let elements): "[\(elements.map(flow).joined(separator: ", "))]"
        case .mapping(let entries):
            "{"
                + entries.map { "\(scalar(YAMLScalar(string: $0.key))): \(flow($0.value))" }.joined(separator: ", ")
                + "}"
        }
    }

    private static func scalar(_ scalar: YAMLScalar) -> String {
        switch scalar.value {
        case .string(let text): isSafePlain(text) ? text : ForeignText.forYAML(text)
        case .null: "null"
        case .boolean(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .number(let value): number(value)
        }
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return ".nan" }
        if value.isInfinite { return value < 0 ? "-.inf" : ".inf" }
        return "\(value)"
    }

    /// Whether an unquoted text reads back as the same string, anywhere in this writer's output.
    private static func isSafePlain(_ text: String) -> Bool {
        func isWord(_ byte: UInt8) -> Bool {
            byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
                || byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") || byte == UInt8(ascii: "_")
        }
        guard let first = text.utf8.first, isWord(first) || first == UInt8(ascii: "/") else { return false }
        guard text.utf8.count <= 1000, text.utf8.allSatisfy({ isWord($0) || "./-".utf8.contains($0) }) else {
            return false
        }
        return YAMLScalar(plain: text).value == .string(text)
    }
}
