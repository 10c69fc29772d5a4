extension ForeignText {
    /// A JSON document on its way to a terminal: the same document, in which hidden characters are escapes.
    package static func forJSON(_ document: String) -> String {
        if document.utf8.allSatisfy({ (0x20...0x7E).contains($0) || $0 == 0x0A }) { return document }
        return String(
            Visible.scalars(document, layout: .lines) { scalar in
                String(scalar).utf16.map { "\\u" + hexadecimal(UInt32($0), digits: 4) }.joined()
            })
    }

    /// A double-quoted scalar of YAML on one line, which reads back as `text`.
    package static func forYAML(_ text: String) -> String { literal(text) }

    /// A double-quoted literal of Python on one line, which is `text`.
    package static func forPython(_ text: String) -> String { literal(text) }

    /// The escapes that YAML and Python have in common.
    private static func literal(_ text: String) -> String {
        var escaped = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            case "\r": escaped += "\\r"
            case "\t": escaped += "\\t"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return String(
            Visible.scalars(escaped, layout: .lines) { scalar in
                scalar.value > 0xFFFF
                    ? "\\U" + hexadecimal(scalar.value, digits: 8) : "\\u" + hexadecimal(scalar.value, digits: 4)
            }) + "\""
    }

    private static func hexadecimal(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
