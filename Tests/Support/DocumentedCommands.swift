import Foundation

/// What README.md and docs/ tell people to type.
package enum DocumentedCommands {
    /// The pages that people read, by their path from the top.
    package static let pages: [String] = {
        let folder = (try? FileManager.default.contentsOfDirectory(atPath: Fixtures.root + "/docs")) ?? []
        return ["README.md", "CONTRIBUTING.md", "SECURITY.md"]
            + folder.filter { $0.hasSuffix(".md") }.sorted().map { "docs/" + $0 }
    }()

    /// A page's text.
    package static func text(_ page: String) throws -> String {
        try String(contentsOfFile: Fixtures.root + "/" + page, encoding: .utf8)
    }

    /// The arguments of each `lorad …` that begins a line of an indented or fenced block, or follows another command.
    package static func commands(in page: String) -> [[String]] {
        var (commands, isFenced) = ([[String]](), false)
        for line in page.replacing("\\\n", with: " ").split(separator: "\n") {
            if line.contains(/^\s*```/) { isFenced.toggle() }
            guard isFenced || line.hasPrefix("    ") else { continue }
            for part in line.replacing(/\s\d?>\S*/, with: " ").split(separator: /;|&&|\|/) {
                var words = words(String(part))
                guard let place = words.firstIndex(of: "lorad"), place == 0 || words[0] == "30" else { continue }
                words.removeFirst(place + 1)
                if !words.isEmpty, !words[0].hasPrefix(":") { commands.append(words) }
            }
        }
        return commands
    }

    /// Words as a shell takes them; what stands in brackets may be left out, and a comment is none.
    private static func words(_ line: String) -> [String] {
        var (words, word, quote) = ([String](), "", Character?.none)
        for character in line.replacing(/\[[^\]]*\]/, with: "").replacing("$'", with: "'") {
            if let open = quote {
                if character == open { quote = nil } else { word.append(character) }
            } else if character == "'" || character == "\"" {
                quote = character
            } else if character == "#" && word.isEmpty {
                break
            } else if character.isWhitespace {
                if !word.isEmpty { words.append(word) }
                word = ""
            } else {
                word.append(character)
            }
        }
        return word.isEmpty ? words : words + [word]
    }
}
