import Foundation

/// A Slack incoming webhook's body, https://docs.slack.dev/reference/block-kit/blocks: `text` always, then sections.
///
/// Limits: a header's text 150 characters, a section's 3,000; longer is a 400.
struct SlackBody: Encodable {
    struct Text: Encodable {
        var type: String
        var text: String
    }

    struct Block: Encodable {
        var type: String
        var text: Text
    }

    static let headerLimit = 150
    static let sectionLimit = 3_000

    var text: String
    var blocks: [Block]

    init(_ message: JobMessage) {
        text = Truncation.cut(message.title, to: Self.sectionLimit, escaping: Self.escape)
        // A header is plain text: there `&lt;` would be shown as it is.
        let header = Truncation.cut(message.title, to: Self.headerLimit)
        blocks = [Block(type: "header", text: Text(type: "plain_text", text: header))]
        let facts = message.facts.map { "\($0.label): \($0.value)" }.joined(separator: "\n")
        blocks.append(Self.section(Truncation.cut(facts, to: Self.sectionLimit, escaping: Self.escape)))
        if let table = message.table {
            let text = table.text(limit: Self.sectionLimit - 8, escaping: Self.escape)
            blocks.append(Self.section("```\n\(text)\n```"))
        }
        if let reason = message.reason, !reason.isEmpty {
            let text = Truncation.cut(reason, to: Self.sectionLimit - 8, escaping: Self.escape)
            blocks.append(Self.section("```\n\(text)\n```"))
        }
    }

    private static func section(_ text: String) -> Block {
        Block(type: "section", text: Text(type: "mrkdwn", text: text))
    }

    /// `&`, `<` and `>` are Slack's control characters: unescaped, a slice named `<!channel>` would ring everybody.
    /// A backtick could end the code block around it.
    static func escape(_ character: Character) -> String {
        character.unicodeScalars.map { scalar in
            switch scalar {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            default: Backtick.replaced(scalar)
            }
        }.joined()
    }

    func json() throws -> String { try LedgerJSON.encode(self) ?? "" }
}
