import Common
import ForeignText
import Foundation
import Ledger
import Manifests

/// Slack's incoming webhooks.
package struct SlackService: ChatService {
    package init() {}

    package var kind: HookKind { .slack }
    /// It takes about one post a second.
    package var spacing: Double { 1 }
    package var limit: BodyLimit { .units(SlackBody.sectionLimit) }

    package func body(of message: any HookMessage) throws -> String { try SlackBody(message).json() }
}

/// A Slack incoming webhook's body, https://docs.slack.dev/reference/block-kit/blocks: `text` always, then sections.
///
/// Limits: a header's text 150 characters, a section's 3,000; longer is a 400.
///
/// Whatever comes from a manifest is plain text or stands in code that is `verbatim`: without that, an address becomes a
/// link even there, https://docs.slack.dev/reference/block-kit/composition-objects/text-object.
struct SlackBody: Encodable {
    struct Text: Encodable {
        var type: String
        var text: String
        /// Of `plain_text`: whether `:fire:` is a picture.
        var emoji: Bool?
        /// Of `mrkdwn`: whether addresses and names stay as they are written.
        var verbatim: Bool?
    }

    struct Block: Encodable {
        var type: String
        var text: Text
    }

    static let headerLimit = 150
    static let sectionLimit = 3_000

    private enum CodingKeys: String, CodingKey {
        case text, blocks, mrkdwn
        case unfurlLinks = "unfurl_links"
        case unfurlMedia = "unfurl_media"
    }

    var text: String
    var blocks: [Block]
    /// Of `text`, which blocks do not follow.
    let mrkdwn = false
    let unfurlLinks = false
    let unfurlMedia = false

    init(_ message: any HookMessage) {
        text = ForeignText.forChat(message.title, .slackText, limit: Self.sectionLimit)
        let header = ForeignText.forChat(message.title, .slackPlain, limit: Self.headerLimit)
        blocks = [Block(type: "header", text: Text(type: "plain_text", text: header, emoji: false))]
        let facts = message.facts.map { "\($0.label): \($0.value)" }.joined(separator: "\n")
        blocks.append(Self.code(ForeignText.forChat(facts, .slackCode, limit: Self.codeLimit)))
        // The one link: its address is lorad.yaml's, not a manifest's.
        if let report = message.report {
            blocks.append(
                Block(type: "section", text: Text(type: "mrkdwn", text: "<\(report)|report>", verbatim: true)))
        }
        if let table = message.table { blocks.append(Self.code(table.text(in: .slackCode, limit: Self.codeLimit))) }
        if let reason = message.reason, !reason.isEmpty {
            blocks.append(Self.code(ForeignText.forChat(reason, .slackCode, limit: Self.codeLimit)))
        }
    }

    /// A section's limit without the fences of a code block.
    private static let codeLimit = sectionLimit - 8

    private static func code(_ text: String) -> Block {
        Block(type: "section", text: Text(type: "mrkdwn", text: "```\n\(text)\n```", verbatim: true))
    }

    func json() throws -> String { try CompactJSON.encode(self) }
}
