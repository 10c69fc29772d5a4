import Foundation
import JobReports
import Ledger
import LedgerSupport
import Manifests
import Testing
import Webhooks

@Suite("Webhook bodies")
struct WebhookBodyTests {
    @Test("Slack gets text, a header and the slice table in a code block")
    func slack() throws {
        let body = try body(.slack, JobEnding(.succeeded, runFolder: "/out/1", summary: JobSummary.example))
        #expect((body["text"] as? String)?.hasPrefix("sentiment: succeeded") == true)
        let sections = try sections(body)
        #expect(sections.contains { $0.hasPrefix("```") && $0.contains("all        500  0.803    0.893  +0.090") })
        #expect(sections.contains { $0.contains("merge parity: passed") && $0.contains("/out/1") })
    }

    @Test("Slack's limits hold at each boundary", arguments: [2_990, 2_991, 2_992, 2_993, 3_000, 3_001, 20_000])
    func slackLimits(count: Int) throws {
        for character in ["a", "<", "é", "👩‍👩‍👧", "\n"] {
            let text = String(repeating: character, count: count)
            let body = try body(.slack, JobEnding(.failed, reason: text, summary: manySlices(300)), name: text)
            #expect((body["text"] as? String ?? "").utf16.count <= 3_000)
            for section in try sections(body) { #expect((1...3_000).contains(section.utf16.count)) }
            let header = try #require((body["blocks"] as? [[String: Any]])?.first?["text"] as? [String: Any])
            #expect((header["text"] as? String ?? "").utf16.count <= 150)
        }
    }

    @Test("A reason that fits exactly is whole; one unit more is cut, visibly")
    func boundary() throws {
        let fits = try sections(body(.slack, JobEnding(.failed, reason: String(repeating: "a", count: 2_992))))
        #expect(fits.last == "```\n" + String(repeating: "a", count: 2_992) + "\n```")
        let cut = try sections(body(.slack, JobEnding(.failed, reason: String(repeating: "a", count: 2_993))))
        #expect(cut.last == "```\n" + String(repeating: "a", count: 2_991) + "…\n```")
    }

    @Test("Text from manifests cannot ring anybody or leave its code block")
    func injection() throws {
        var summary = JobSummary.example
        summary.slices[0].name = "<!channel> ``` @everyone\nx"
        let ending = JobEnding(.failed, reason: "``` <!here> &", summary: summary)
        let slack = try sections(body(.slack, ending)).joined()
        #expect(!slack.contains("<"))
        #expect(slack.contains("&lt;!channel&gt; '''"))
        let discord = try body(.discord, ending)
        #expect((discord["allowed_mentions"] as? [String: [String]]) == ["parse": []])
        let description = try #require((discord["embeds"] as? [[String: Any]])?.first?["description"] as? String)
        #expect(description.components(separatedBy: "```").count == 5)
    }

    @Test("Discord's limits hold, the 6,000 in all included", arguments: [10, 255, 1_024, 4_096, 4_097, 30_000])
    func discord(count: Int) throws {
        for character in ["a", "👩‍👩‍👧", "`"] {
            let text = String(repeating: character, count: count)
            var summary = manySlices(400)
            summary.gates = (0..<40).map { _ in .init(condition: text, value: nil, passed: false) }
            let ending = JobEnding(.failed, reason: text, runFolder: text, summary: summary)
            let embed = try #require((body(.discord, ending, name: text)["embeds"] as? [[String: Any]])?.first)
            let title = embed["title"] as? String ?? ""
            let description = embed["description"] as? String ?? ""
            let fields = embed["fields"] as? [[String: Any]] ?? []
            #expect((1...256).contains(title.utf16.count))
            #expect((1...4_096).contains(description.utf16.count))
            #expect((1...25).contains(fields.count))
            var total = title.utf16.count + description.utf16.count
            for field in fields {
                let (name, value) = (field["name"] as? String ?? "", field["value"] as? String ?? "")
                #expect((1...256).contains(name.utf16.count))
                #expect((1...1_024).contains(value.utf16.count))
                total += name.utf16.count + value.utf16.count
            }
            #expect(total <= 6_000)
            #expect(description.contains("more slices"))
        }
    }

    @Test("Mattermost gets one text of at most 16,383 characters, everything foreign inside code")
    func mattermost() throws {
        for count in [10, 4_000, 8_000, 16_383, 40_000] {
            for character in ["a", "👩‍👩‍👧", "é", "`", "\n"] {
                let foreign = String(repeating: character, count: count)
                let ending = JobEnding(.failed, reason: foreign, runFolder: foreign, summary: manySlices(400))
                let text = try #require(body(.mattermost, ending, name: foreign)["text"] as? String)
                #expect((1...16_383).contains(text.utf16.count))
                // With short names all of the slices fit.
                #expect(count == 10 || text.contains("more slices"))
                #expect(text.hasPrefix("`") && text.components(separatedBy: "```").count == 7)
            }
        }
        let ending = JobEnding(.failed, reason: "@all ``` [x](http://evil)", summary: JobSummary.example)
        let text = try #require(body(.mattermost, ending, name: "@here `")["text"] as? String)
        #expect(text.hasPrefix("`@here ': failed"))
        // Odd pieces are inside code blocks.
        for (index, piece) in text.components(separatedBy: "```").enumerated() where index % 2 == 0 {
            #expect(!piece.contains("@all") && !piece.contains("http"))
        }
    }

    @Test("Teams gets an Adaptive Card under 28 kB that says what it left out, texts as runs without Markdown")
    func teams() throws {
        for count in [10, 4_000, 4_001, 30_000] {
            for character in ["a", "👩‍👩‍👧", "é", "\n", "\u{0}", "\""] {
                let foreign = String(repeating: character, count: count)
                let ending = JobEnding(.failed, reason: foreign, runFolder: foreign, summary: manySlices(400))
                let json = try text(.teams, ending, name: foreign)
                #expect(json.utf8.count < 28_000)
                #expect(json.contains("more\u{A0}slices"))
                if count > 4_000 { #expect(json.contains("…")) }
            }
        }
        let ending = JobEnding(.succeeded, runFolder: "/out/1", summary: JobSummary.example)
        let body = try body(.teams, ending, name: "[x](http://evil) <at>all</at>")
        #expect(body["type"] as? String == "message")
        let attachment = try #require((body["attachments"] as? [[String: Any]])?.first)
        #expect(attachment["contentType"] as? String == "application/vnd.microsoft.card.adaptive")
        let card = try #require(attachment["content"] as? [String: Any])
        #expect(card["type"] as? String == "AdaptiveCard" && card["version"] as? String == "1.4")
        let lines = try #require(card["body"] as? [[String: Any]])
        #expect(lines.allSatisfy { $0["type"] as? String == "RichTextBlock" })
        let runs = lines.flatMap { $0["inlines"] as? [[String: Any]] ?? [] }
        #expect(runs.allSatisfy { $0["type"] as? String == "TextRun" && ($0["text"] as? String)?.isEmpty == false })
        #expect(runs.contains { ($0["text"] as? String)?.replacing("\u{A0}", with: " ").hasPrefix("all  ") == true })
    }

    @Test("The generic body has type, timestamp and data, with report.json's names")
    func generic() throws {
        let body = try body(.generic, JobEnding(.succeeded, runFolder: "/out/1", summary: JobSummary.example))
        #expect(body["type"] as? String == "job.succeeded")
        let data = try #require(body["data"] as? [String: Any])
        #expect(data["job"] as? String == "a")
        #expect(data["run_dir"] as? String == "/out/1")
        #expect(data["omitted"] == nil)
        let summary = try #require(data["summary"] as? [String: Any])
        #expect(summary["parity_passed"] as? Bool == true)
        let slice = try #require((summary["slices"] as? [[String: Any]])?.first)
        #expect((slice["adapter"] as? [String: Double])?["accuracy"] == 0.893)
    }

    @Test("The generic body stays under 20 kB and says how much it left out")
    func genericLimit() throws {
        let reason = String(repeating: "é", count: 100_000)
        let text = try text(.generic, JobEnding(.failed, reason: reason, summary: manySlices(5_000)))
        #expect(text.utf8.count < 20_000)
        let body = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let data = try #require(body["data"] as? [String: Any])
        let kept = try #require((data["summary"] as? [String: Any])?["slices"] as? [Any]).count
        #expect(kept > 0)
        #expect(data["omitted"] as? Int == 5_000 - kept)
    }

    @Test("A body of control characters, six bytes of JSON each, stays under 20 kB")
    func controlCharacters() throws {
        let foreign = String(repeating: "\u{1}", count: 5_000)
        let text = try text(.generic, JobEnding(.failed, reason: foreign, runFolder: foreign), name: foreign)
        #expect((10_000..<20_000).contains(text.utf8.count))
    }

    @Test("An accent on a mark does not take it past the escaping")
    func accents() throws {
        let foreign = "`\u{301} @all <\u{301}!channel> &\u{301}"
        let ending = JobEnding(.failed, reason: foreign, summary: JobSummary.example)
        let mattermost = try #require(body(.mattermost, ending, name: foreign)["text"] as? String)
        #expect(mattermost.unicodeScalars.count { $0 == "`" } == 2 + 3 * 6)
        let discord = try #require((body(.discord, ending)["embeds"] as? [[String: Any]])?.first)
        let description = try #require(discord["description"] as? String)
        #expect(description.unicodeScalars.count { $0 == "`" } == 12)
        let slack = try body(.slack, ending, name: foreign)
        for text in try sections(slack) + [#require(slack["text"] as? String)] {
            #expect(!text.unicodeScalars.contains("<"), "\(text)")
        }
    }

    private func manySlices(_ count: Int) -> JobSummary {
        let slices = (0..<count).map { number in
            JobSummary.Slice(name: "slice \(number)", rows: number, base: .init(loss: 2), adapter: .init(loss: 1))
        }
        return JobSummary(slices: slices, parityPassed: true)
    }

    private func text(_ kind: HookKind, _ ending: JobEnding, name: String = "sentiment") throws -> String {
        let hook = Hook(name: "chat", kind: kind, url: .environment("URL"), events: [.succeeded, .failed])
        let bench = try LedgerBench(announcer: Announcer(hooks: [hook]))
        try bench.admit("a", name: name)
        try bench.finish(try #require(try bench.take()), ending)
        return try #require(try bench.ledger.deliveries().first).body
    }

    private func body(_ kind: HookKind, _ ending: JobEnding, name: String = "sentiment") throws -> [String: Any] {
        let data = Data(try text(kind, ending, name: name).utf8)
        return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    private func sections(_ body: [String: Any]) throws -> [String] {
        let blocks = try #require(body["blocks"] as? [[String: Any]])
        return blocks.filter { $0["type"] as? String == "section" }
            .compactMap { ($0["text"] as? [String: Any])?["text"] as? String }
    }
}
