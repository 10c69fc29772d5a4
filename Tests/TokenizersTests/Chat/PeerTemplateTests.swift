import Foundation
import ModelFiles
import TestSupport
import Testing
import Tokenizers

private let folder = "\(Fixtures.root)/data/templates"
private let isThere = FileManager.default.fileExists(atPath: folder)

/// The chat templates of seventy real models, which `scripts/fetch templates` brings, each over a hundred conversations.
@Suite(
    "Chat templates of real models, as jinja2 renders them",
    .enabled(if: isThere, "run scripts/fetch templates, or make peers"))
struct PeerTemplateTests {
    private static let goldens = Result {
        (
            rows: try Fixtures.json("templates/peers.json"),
            conversations: try Fixtures.json("templates/conversations.json")
        )
    }
    static let names = ((try? goldens.get())?.rows.objectValue?.keys) ?? []

    @Test("No template and no conversation is left out")
    func all() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".jinja") }
        #expect(files.sorted() == Self.names.sorted())
        #expect(files.count == 70)
        let conversations = try Self.goldens.get().conversations.objectValue?.keys ?? []
        #expect(conversations.count == 100)
        for name in Self.names {
            #expect(try Self.goldens.get().rows[name]?.objectValue?.keys == conversations, "\(name)")
        }
    }

    @Test("The same bytes or the same refusal of every conversation", arguments: names)
    func rendered(name: String) throws {
        let source = String(decoding: try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")), as: UTF8.self)
        let goldens = try Self.goldens.get()
        let rows = try #require(goldens.rows[name]?.objectValue)
        try #require(rows.count == 100)
        // jinja2 reads each of them, so that lorad has to.
        let template = try JinjaTemplate(source: source, options: JinjaGoldens.options)
        for (conversation, expected) in rows.members {
            let context = try #require(goldens.conversations[conversation]?.objectValue)
            let outcome = try JinjaGoldens.outcome { try template.render(context: context) }
            let found = Self.line(outcome)
            #expect(found == expected.stringValue, "\(name) over \(conversation): \(Self.shown(outcome))")
        }
    }

    /// A pair as `peers.py` writes it: the text's digest and the spans of what was generated, or the refusal.
    private static func line(_ outcome: JinjaGoldens.Outcome) -> String {
        switch outcome {
        case .rendered(let rendering):
            guard let spans = rendering.generated, !spans.isEmpty else { return digest(rendering.text) }
            let shown = spans.map { "[\($0.lowerBound),\($0.upperBound)]" }.joined(separator: ",")
            return "\(digest(rendering.text)) [\(shown)]"
        case .refused(let error):
            return error.kind.rawValue + (JinjaGoldens.hasSameWords(error.kind) ? " \(digest(error.message))" : "")
        }
    }

    private static func digest(_ text: String) -> String {
        String(ContentHash.ofBytes(Data(text.utf8)).prefix(16))
    }

    private static func shown(_ outcome: JinjaGoldens.Outcome) -> String {
        switch outcome {
        case .rendered(let rendering): rendering.text.debugDescription
        case .refused(let error): "\(error.kind) at \(error.position.debugDescription): \(error.message)"
        }
    }
}
