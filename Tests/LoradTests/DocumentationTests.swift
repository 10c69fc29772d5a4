import ArgumentParser
import Foundation
import TestSupport
import Testing
import lorad

@Suite("What README.md and docs/ say")
struct DocumentationTests {
    /// The pages that people read, by their path from the top.
    private static let pages: [String] = {
        let folder = (try? FileManager.default.contentsOfDirectory(atPath: Fixtures.root + "/docs")) ?? []
        return ["README.md", "CONTRIBUTING.md", "SECURITY.md"]
            + folder.filter { $0.hasSuffix(".md") }.sorted().map { "docs/" + $0 }
    }()

    private func text(_ page: String) throws -> String {
        try String(contentsOfFile: Fixtures.root + "/" + page, encoding: .utf8)
    }

    @Test("Every link within the repository leads to a file", arguments: pages)
    func links(_ page: String) throws {
        let folder = (Fixtures.root + "/" + page as NSString).deletingLastPathComponent
        for match in try text(page).matches(of: /\]\(([^)\s]+)\)/) {
            let target = match.1.split(separator: "#", omittingEmptySubsequences: false)[0]
            guard !target.isEmpty, !target.hasPrefix("http"), !target.hasPrefix("mailto:") else { continue }
            #expect(FileManager.default.fileExists(atPath: folder + "/" + target), "\(page) links to \(target)")
        }
    }

    @Test("docs/README.md lists every page of docs/")
    func index() throws {
        let index = try text("docs/README.md")
        let pages = Self.pages.filter { $0.hasPrefix("docs/") && $0 != "docs/README.md" }
        #expect(pages.count >= 10)
        for page in pages { #expect(index.contains("](\(page.dropFirst("docs/".count)))"), "\(page)") }
    }

    @Test("Every command of a block of code is one that lorad takes")
    func commands() throws {
        var count = 0
        for page in Self.pages {
            for command in try Self.commands(in: text(page)) {
                count += 1
                #expect(throws: Never.self, "\(page): lorad \(command.joined(separator: " "))") {
                    _ = try Lorad.parseAsRoot(command)
                }
            }
        }
        #expect(count >= 30)
    }

    /// The arguments of each `lorad …` that begins a line of an indented or fenced block, or follows another command.
    private static func commands(in page: String) -> [[String]] {
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

    @Test("Every message that docs/troubleshooting.md explains is one that lorad has")
    func messages() throws {
        let files =
            FileManager.default.enumerator(atPath: Fixtures.root + "/Sources")?.compactMap { $0 as? String } ?? []
        let sources = try files.filter { $0.hasSuffix(".swift") }.map { try text("Sources/" + $0) }
            .joined().replacing(/"\s*\n\s*\+ "/, with: "")
        let messages = try text("docs/troubleshooting.md").matches(of: /(?m)^\| `([^`]+)` \|/).map(\.1)
        #expect(messages.count >= 10)
        for message in messages {
            let isKnown = sources.contains(message)
            #expect(isKnown, "\(message)")
        }
    }
}
