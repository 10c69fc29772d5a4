import ArgumentParser
import Foundation
import TestSupport
import Testing
import lorad

@Suite("What README.md and docs/ say")
struct DocumentationTests {
    private static let pages = DocumentedCommands.pages

    private func text(_ page: String) throws -> String { try DocumentedCommands.text(page) }

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
            for command in try DocumentedCommands.commands(in: text(page)) {
                count += 1
                #expect(throws: Never.self, "\(page): lorad \(command.joined(separator: " "))") {
                    _ = try Lorad.parseAsRoot(command)
                }
            }
        }
        #expect(count >= 30)
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
