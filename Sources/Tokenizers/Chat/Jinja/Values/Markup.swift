/// Escaping of text that is joined to marked text.
enum Markup {
    private static func escape(_ text: String) -> String {
        guard text.utf8.contains(where: { "&<>\"'".utf8.contains($0) }) else { return text }
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&#34;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// - Throws: `limit` where the text is too long, before it is five times as long.
    static func escaped(_ text: String, _ budget: JinjaBudget) throws -> String {
        try budget.charge(text)
        return try budget.checked(escape(text))
    }

    /// Marked text as it is, anything else as text, escaped.
    static func escaped(_ value: JinjaValue, _ budget: JinjaBudget) throws -> String {
        if case .markup(let text) = value { return text }
        return try escaped(try value.written(budget), budget)
    }
}
