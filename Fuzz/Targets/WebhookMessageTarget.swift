import Foundation
import JobReports
import Ledger
import Manifests
import OperatingSystem
import Worker

/// What webhooks say of a job whose names and mistakes somebody else chose: whatever they are, a message is within its
/// service's limits, and leaves neither its code block nor its line to ring anybody.
///
/// The bytes are texts with 0xFF between them, which no text holds: the job's name, its mistakes, its folder, and the
/// names of slices and gates. They go through the ledger, as a job's do.
package struct WebhookMessageTarget: FuzzTarget {
    package static let name = "webhook-message"

    private let bench: LedgerFolder

    package init() throws { bench = try LedgerFolder(kinds: HookKind.allCases) }

    package func check(_ bytes: [UInt8]) throws {
        let texts = bytes.split(separator: 0xFF, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        // In the ledger a NUL is another character.
        let kept = texts.map { text in
            String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value == 0 ? "\u{FFFD}" : $0 }))
        }
        func text(_ index: Int) -> String { index < texts.count ? texts[index] : "" }
        var job = NewJob(
            id: "20261124T002603Z-1a2b3c4d", name: text(0), manifestFile: "x.yaml", manifestText: "x",
            manifestSHA256: String(repeating: "0", count: 64))
        let summary = JobSummary(
            slices: texts.dropFirst(3).map {
                JobSummary.Slice(name: $0, rows: $0.utf8.count, base: .init(loss: 1), adapter: .init(loss: 0.5))
            },
            gates: texts.dropFirst(3).map { JobSummary.Gate(condition: $0, value: nil, passed: false) }, steps: 7)
        let ledger = try bench.ledger()
        let worker = try ProcessIdentity.current()
        _ = try ledger.admit(job, announcer: bench.announcer)
        guard let taken = try ledger.takeNext(worker: worker, announcer: bench.announcer) else {
            throw FuzzViolation(message: "the job that was admitted is not in the queue")
        }
        try require(taken.name == kept[0], "the ledger changed the name")
        let ending = JobEnding(.failed, reason: text(1), runFolder: text(2), summary: summary)
        let ended = try ledger.finish(job.id, attempt: taken.attempt, as: ending, announcer: bench.announcer)
        let reason = kept.count > 1 ? kept[1] : ""
        try require(ended.reason == reason && ended.summary == summary, "the ledger changed the job's end")
        job.id += "-2"
        job.mistakes = [text(1)]
        _ = try ledger.admit(job, announcer: bench.announcer)
        let deliveries = try ledger.deliveries()
        try require(deliveries.count == 4 * HookKind.allCases.count, "\(deliveries.count) deliveries of four events")
        for delivery in deliveries {
            guard let kind = HookKind(rawValue: delivery.hook) else {
                throw FuzzViolation(message: "no hook is called \(delivery.hook)")
            }
            try WebhookLimits.check(delivery.body, of: kind)
        }
    }
}

/// What the services take, and what must not leave its place in their markup.
private enum WebhookLimits {
    static func check(_ body: String, of kind: HookKind) throws {
        guard let object = try? JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any] else {
            throw FuzzViolation(message: "a body for \(kind) is no JSON object: \(body)")
        }
        // A program reads it: JSON's own escapes are what keeps its text in place.
        if kind != .generic { try promise(object, kind) }
        switch kind {
        case .generic: try require(body.utf8.count < 20_000, "\(body.utf8.count) bytes for a generic hook")
        case .teams: try require(body.utf8.count < 28_000, "\(body.utf8.count) bytes for Teams")
        case .slack: try slack(object)
        case .discord: try discord(object)
        case .mattermost:
            let text = object["text"] as? String ?? ""
            try require((1...16_383).contains(text.utf16.count), "\(text.utf16.count) units for Mattermost")
            try fences(text, extra: 2)
        }
    }

    /// What every text of a message keeps, whatever its place in it.
    private static func promise(_ value: Any, _ kind: HookKind) throws {
        switch value {
        case let object as [String: Any]:
            // A card names its format by a URL.
            for (key, value) in object where key != "$schema" { try promise(value, kind) }
        case let list as [Any]: for value in list { try promise(value, kind) }
        case let text as String:
            try ForeignTextPromise.requireVisible(text, lines: true, in: "\(kind)")
            let rest = text.replacingOccurrences(of: "```\n[^`]*\n```", with: "", options: .regularExpression)
            let open = kind == .discord || kind == .mattermost ? ForeignTextPromise.outsideCode(rest) : rest
            for mark in ["://", "](", "<!", "<@"] {
                try require(
                    !open.contains(mark), "\(mark) stands outside of code in \(text.debugDescription) for \(kind)")
            }
            let mentions = kind == .discord || kind == .mattermost
            try require(
                !mentions || !open.contains("@"), "a mention stands outside of code in \(text.debugDescription)")
        default: break
        }
    }

    private static func slack(_ body: [String: Any]) throws {
        let blocks = body["blocks"] as? [[String: Any]] ?? []
        try require((2...50).contains(blocks.count), "\(blocks.count) blocks for Slack")
        for (index, block) in blocks.enumerated() {
            let text = (block["text"] as? [String: Any])?["text"] as? String ?? ""
            let limit = index == 0 ? 150 : 3_000
            try require((1...limit).contains(text.utf16.count), "\(text.utf16.count) units in Slack's block \(index)")
            guard index > 0 else { continue }
            let isVerbatim = (block["text"] as? [String: Any])?["verbatim"] as? Bool == true
            try require(isVerbatim && text.hasPrefix("```\n"), "Slack may make a link in block \(index)")
            try require(!text.unicodeScalars.contains("<"), "Slack's control character stands in block \(index)")
            try fences(text, extra: 0)
        }
        let text = body["text"] as? String ?? ""
        try require((1...3_000).contains(text.utf16.count), "\(text.utf16.count) units of Slack's text")
        try require(!text.unicodeScalars.contains("<"), "Slack's control character stands in the text")
    }

    private static func discord(_ body: [String: Any]) throws {
        let embed = (body["embeds"] as? [[String: Any]])?.first ?? [:]
        func units(_ value: Any?) -> Int { (value as? String ?? "").utf16.count }
        let fields = embed["fields"] as? [[String: Any]] ?? []
        try require(fields.count <= 25, "\(fields.count) fields for Discord")
        try require((1...256).contains(units(embed["title"])), "a title of \(units(embed["title"])) for Discord")
        try require(units(embed["description"]) <= 4_096, "a description of \(units(embed["description"]))")
        var total = units(embed["title"]) + units(embed["description"])
        for field in fields {
            try require((1...256).contains(units(field["name"])), "a name of \(units(field["name"])) for Discord")
            try require((1...1_024).contains(units(field["value"])), "a value of \(units(field["value"]))")
            total += units(field["name"]) + units(field["value"])
        }
        try require(total <= 6_000, "\(total) units for Discord")
        try fences(embed["description"] as? String ?? "", extra: 0)
    }

    /// Backticks stand in whole fences of three, but for `extra` around a title.
    private static func fences(_ text: String, extra: Int) throws {
        let count = text.unicodeScalars.count { $0 == "`" }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).count { $0 == "```" }
        try require(count == lines * 3 + extra, "a backtick of the job's stands among the message's own")
    }
}
