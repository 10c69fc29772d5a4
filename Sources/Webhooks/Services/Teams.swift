import Common
import ForeignText
import Foundation
import Ledger
import Manifests

/// The Workflows of Microsoft Teams.
package struct TeamsService: ChatService {
    package init() {}

    package var kind: HookKind { .teams }
    /// It takes four posts a second.
    package var spacing: Double { 0.25 }
    package var limit: BodyLimit { .bytes(TeamsBody.limit) }

    package func body(of message: any HookMessage) throws -> String { try TeamsBody(message).json() }
}

/// A message for the Workflows trigger of Microsoft Teams: one Adaptive Card, https://adaptivecards.io/explorer/,
/// as https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using shows it.
///
/// Limit: 28 kB for the whole message; a larger one is refused. Text stands in `TextRun`s, which know no Markdown, and
/// nobody is rung without `entities`, whatever the texts say.
struct TeamsBody: Encodable {
    struct Run: Encodable {
        var type = "TextRun"
        var text: String
        var fontType: String?
        var weight: String?
        var size: String?
        var color: String?
    }

    /// One line: a `TextRun`'s line breaks are not shown by every client.
    struct Line: Encodable {
        var type = "RichTextBlock"
        var inlines: [Run]
        var spacing: String?
        var separator: Bool?
    }

    /// A button that opens an address.
    struct Action: Encodable {
        var type = "Action.OpenUrl"
        var title = "Report"
        var url: String
    }

    struct Card: Encodable {
        private enum CodingKeys: String, CodingKey {
            case type, version, body, actions, msteams
            case schema = "$schema"
        }

        var schema = "http://adaptivecards.io/schemas/adaptive-card.json"
        var type = "AdaptiveCard"
        var version = "1.4"
        var body: [Line]
        var actions: [Action]?
        var msteams = ["width": "Full"]
    }

    struct Attachment: Encodable {
        var contentType = "application/vnd.microsoft.card.adaptive"
        var content: Card
    }

    /// Bytes of the whole message.
    static let limit = 28_000

    var type = "message"
    var attachments: [Attachment]

    private let message: any HookMessage
    private enum CodingKeys: String, CodingKey { case type, attachments }

    init(_ message: any HookMessage) {
        self.message = message
        attachments = []
    }

    /// Shortens reason and table until the message fits.
    func json() throws -> String {
        var share = 4_000
        while true {
            var body = self
            let actions = message.report.map { [Action(url: $0)] }
            body.attachments = [Attachment(content: Card(body: lines(share: share), actions: actions))]
            let text = try CompactJSON.encode(body)
            if text.utf8.count < Self.limit || share < 100 { return text }
            share = share * 3 / 4
        }
    }

    /// - Parameter share: UTF-16 units for the facts, for the reason and for the table each.
    private func lines(share: Int) -> [Line] {
        let title = ForeignText.forChat(message.title, .run, limit: 256)
        var lines = [Line(inlines: [Run(text: title, weight: "Bolder", size: "Medium", color: color)])]
        let facts = message.facts.map { "\($0.label): \($0.value)" }.joined(separator: "\n")
        lines += block(ForeignText.forChat(facts, .run, limit: share), monospace: false)
        if let reason = message.reason, !reason.isEmpty {
            lines += block(ForeignText.forChat(reason, .run, limit: share), monospace: true)
        }
        // No row of the table is shorter than 33 characters, so these are less than 60 lines.
        if let table = message.table { lines += block(table.text(in: .run, limit: min(share, 1_900)), monospace: true) }
        return lines
    }

    /// At most 60 lines; a line that could not be shown is said.
    private func block(_ text: String, monospace: Bool) -> [Line] {
        var texts = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if texts.count > 60 { texts = texts.prefix(59) + ["… \(texts.count - 59) more lines"] }
        return texts.enumerated().map { index, text in
            // Clients run spaces together; columns need them.
            let shown = monospace ? text.replacing(" ", with: "\u{A0}") : text
            return Line(
                inlines: [Run(text: shown.isEmpty ? "\u{A0}" : shown, fontType: monospace ? "Monospace" : nil)],
                spacing: index == 0 ? nil : "None", separator: index == 0 ? true : nil)
        }
    }

    private var color: String {
        switch message.tone {
        case .neutral: "Accent"
        case .good: "Good"
        case .bad: "Attention"
        case .warning: "Warning"
        case .muted: "Default"
        }
    }
}
