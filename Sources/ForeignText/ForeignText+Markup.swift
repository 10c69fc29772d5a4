extension ForeignText {
    /// Within HTML's text or a quoted attribute. Well-formed in XML too; line feeds and tabs stay.
    package static func forHTML(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in block(text).unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Within a line of Markdown, a cell of a table too: nothing in it marks anything up. A word that a renderer would
    /// make a link or a mention of stands in code, where none does.
    package static func forMarkdown(_ text: String) -> String {
        line(text).split(separator: " ", omittingEmptySubsequences: false).map { word in
            leadsSomewhere(word) ? forMarkdownCode(String(word)) : escaped(word)
        }.joined(separator: " ")
    }

    /// As code within a line of Markdown, in more back quotes than stand together in it.
    package static func forMarkdownCode(_ text: String) -> String {
        // A cell of a table ends at a bar even within code.
        let line = String(Self.line(text).unicodeScalars.map { $0 == "|" ? "¦" : Character($0) })
        guard line.unicodeScalars.contains("`") else { return line.isEmpty ? "` `" : "`\(line)`" }
        var longest = 0
        var run = 0
        for scalar in line.unicodeScalars {
            run = scalar == "`" ? run + 1 : 0
            longest = max(longest, run)
        }
        let fence = String(repeating: "`", count: max(3, longest + 1))
        return "\(fence) \(line) \(fence)"
    }

    private static func escaped(_ word: Substring) -> String {
        var result = ""
        var rest = word.unicodeScalars
        while let scalar = rest.popFirst() {
            switch scalar {
            case "<": result += "&lt;"
            case "&": result += beginsEntity(rest) ? "&amp;" : "&"
            case "\\", "`", "*", "_", "[", "]", "|", "#", "~", "$": result += "\\\(scalar)"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Whether `&` and these characters could be read as another character.
    private static func beginsEntity(_ scalars: Substring.UnicodeScalarView) -> Bool {
        let name = scalars.prefix {
            ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0) || $0 == "#"
        }
        return !name.isEmpty && scalars.dropFirst(name.count).first == ";"
    }

    /// What GitHub, the Hub and chats make links and mentions of without being asked.
    static func leadsSomewhere(_ word: Substring) -> Bool {
        word.unicodeScalars.contains("@") || holds(word, "://") || holds(word, "www.") || holds(word, "mailto:")
            || holds(word, "xmpp:")
    }

    private static func holds(_ word: Substring, _ part: String) -> Bool {
        let scalars = Array(word.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 })
        let wanted = Array(part.utf8)
        guard scalars.count >= wanted.count else { return false }
        return (0...(scalars.count - wanted.count)).contains { scalars[$0...].starts(with: wanted) }
    }
}
