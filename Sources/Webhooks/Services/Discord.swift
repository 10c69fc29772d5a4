import Common
import ForeignText
import Foundation
import Ledger
import Manifests
import OperatingSystem

/// Discord's webhooks.
package struct DiscordService: ChatService {
    package init() {}

    package var kind: HookKind { .discord }
    /// It takes five posts in two seconds.
    package var spacing: Double { 0.4 }
    package var limit: BodyLimit { .units(DiscordBody.descriptionLimit) }

    package func body(of message: any HookMessage) throws -> String { try DiscordBody(message).json() }
}

/// A Discord webhook's body, https://discord.com/developers/docs/resources/message#embed-object-embed-limits: one
/// embed.
///
/// Limits: title 256, description 4,096, 25 fields of name 256 and value 1,024, 6,000 characters in all.
///
/// The flag `SUPPRESS_EMBEDS` would hide this embed too; no link is left that Discord could unfurl.
struct DiscordBody: Encodable {
    struct Field: Encodable {
        var name: String
        var value: String
        var inline: Bool
    }

    struct Embed: Encodable {
        var title: String
        /// What the title leads to.
        var url: String?
        var description: String?
        /// 0xRRGGBB
        var color: Int
        var fields: [Field]
        /// ISO 8601
        var timestamp: String
    }

    /// Nobody is rung, whatever the texts say.
    struct AllowedMentions: Encodable { var parse: [String] = [] }

    private enum CodingKeys: String, CodingKey {
        case embeds
        case allowedMentions = "allowed_mentions"
    }

    static let titleLimit = 256
    static let descriptionLimit = 4_096
    static let fieldLimit = 25
    static let nameLimit = 256
    static let valueLimit = 1_024
    static let totalLimit = 6_000

    var embeds: [Embed]
    var allowedMentions = AllowedMentions()

    init(_ message: any HookMessage) {
        let title = ForeignText.forDiscord(message.title, limit: Self.titleLimit)
        var left = Self.totalLimit - title.utf16.count
        var fields: [Field] = []
        // The description's share is kept back: it holds the reason and the table, which matter more than a field.
        for fact in message.facts.prefix(Self.fieldLimit) {
            let name = ForeignText.forDiscord(fact.label, limit: Self.nameLimit)
            let value = ForeignText.forDiscord(fact.value, limit: Self.valueLimit)
            // A field without a value is refused, and the whole message with it.
            guard !value.isEmpty else { continue }
            guard left - name.utf16.count - value.utf16.count >= Self.descriptionLimit else { break }
            left -= name.utf16.count + value.utf16.count
            fields.append(Field(name: name, value: value, inline: false))
        }
        embeds = [
            Embed(
                title: title, url: message.report,
                description: Self.description(message, limit: min(left, Self.descriptionLimit)),
                color: Self.color(message.tone), fields: fields, timestamp: Timestamp.text(message.time))
        ]
    }

    /// The reason takes at most half of the room, so that the table is seen as well.
    private static func description(_ message: any HookMessage, limit: Int) -> String? {
        var blocks: [String] = []
        var left = limit
        if let reason = message.reason, !reason.isEmpty {
            let room = message.table == nil ? left : left / 2
            blocks.append("```\n\(ForeignText.forChat(reason, .code, limit: room - 9))\n```")
            left -= blocks[0].utf16.count + 1
        }
        if let table = message.table {
            blocks.append("```\n\(table.text(in: .code, limit: left - 8))\n```")
        }
        return blocks.isEmpty ? nil : blocks.joined(separator: "\n")
    }

    private static func color(_ tone: MessageTone) -> Int {
        switch tone {
        case .neutral: 0x5865F2
        case .good: 0x2E8B57
        case .bad: 0xC0392B
        case .warning: 0xD68910
        case .muted: 0x7F8C8D
        }
    }

    func json() throws -> String { try CompactJSON.encode(self) }
}
