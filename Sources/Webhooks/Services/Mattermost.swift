import Common
import ForeignText
import Foundation
import Ledger
import Manifests

/// Mattermost's incoming webhooks.
package struct MattermostService: ChatService {
    package init() {}

    package var kind: HookKind { .mattermost }
    package var spacing: Double { 0 }
    package var limit: BodyLimit { .units(MattermostBody.textLimit) }

    package func body(of message: any HookMessage) throws -> String { try MattermostBody(message).json() }
}

/// A Mattermost incoming webhook's body, https://developers.mattermost.com/integrate/webhooks/incoming/: one `text` in
/// Markdown.
///
/// Limit: a post has 16,383 characters; a longer text arrives as several posts, its code block torn apart.
struct MattermostBody: Encodable {
    static let textLimit = 16_383

    var text: String

    /// Everything that comes from a manifest stands in code, where Mattermost sees neither `@all` nor Markdown.
    init(_ message: any HookMessage) {
        let title = "`" + ForeignText.forChat(message.title, .code, limit: 256) + "`"
        let facts = message.facts.map { "\($0.label): \($0.value)" }.joined(separator: "\n")
        var blocks = [title, Self.code(ForeignText.forChat(facts, .code, limit: 4_000))]
        // The one link: its address is lorad.yaml's, not a manifest's.
        if let report = message.report { blocks.append(report) }
        var left = Self.textLimit - blocks.map { $0.utf16.count + 1 }.reduce(0, +)
        if let reason = message.reason, !reason.isEmpty {
            // At most half of the room, so that the table is seen as well.
            let room = message.table == nil ? left : left / 2
            blocks.append(Self.code(ForeignText.forChat(reason, .code, limit: room - Self.fences)))
            left -= blocks[blocks.count - 1].utf16.count + 1
        }
        if let table = message.table {
            blocks.append(Self.code(table.text(in: .code, limit: left - Self.fences)))
        }
        text = blocks.joined(separator: "\n")
    }

    /// UTF-16 units that `code` adds.
    private static let fences = 8
    private static func code(_ text: String) -> String { "```\n\(text)\n```" }

    func json() throws -> String { try CompactJSON.encode(self) }
}
