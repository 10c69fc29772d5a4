import Foundation
import JobReports
import Ledger
import Manifests
import Testing
import Webhooks

/// What every service of the registry keeps to, whatever others wrote into a job. One that is added is tested here
/// without a word more.
@Suite("Every chat service")
struct ChatServiceTests {
    private static let kinds = ChatServices.all.map(\.kind)
    private static let time = Date(timeIntervalSince1970: 1_780_000_000)

    /// Texts that services have tripped over: control characters, marks of their markup, long and composed characters.
    private static let foreign = [
        "sentiment", "\u{0}\u{1}\u{1B}[31m", "@everyone <!channel> <@U1> </at>", "``` [x](http://evil.example) `",
        "a\nb\r\nc", "\u{202E}turned", "👩‍👩‍👧é\u{301}", "\"}],\"text\":\"", "",
    ]

    @Test("There is one service for each kind of hook that lorad.yaml knows")
    func registry() {
        #expect(Self.kinds.count == HookKind.allCases.count)
        #expect(Set(Self.kinds) == Set(HookKind.allCases))
        for kind in HookKind.allCases { #expect(ChatServices.of(kind).kind == kind) }
    }

    @Test("A post costs at most a second of waiting, and what is refused for good is a refusal of the client's")
    func policy() throws {
        try #require(!ChatServices.all.isEmpty)
        for service in ChatServices.all {
            #expect((0...1).contains(service.spacing), "\(service.kind)")
            #expect(service.bodyRefusals.allSatisfy { (400..<500).contains($0) && $0 != 410 && $0 != 429 })
            // A program that refuses a body may be mended meanwhile; a chat's format is what it is.
            #expect(service.isStandardWebhook == service.bodyRefusals.isEmpty, "\(service.kind)")
        }
    }

    @Test("Every event of every job is one JSON object within the service's limit", arguments: kinds)
    func limits(kind: HookKind) throws {
        let service = ChatServices.of(kind)
        var checked = 0
        for event in JobEvent.allCases {
            for text in Self.foreign {
                for count in [1, 500, 20_000] {
                    let long = String(repeating: text, count: max(1, count / max(1, text.count)))
                    let body = try service.body(of: message(event, foreign: long, slices: count / 50))
                    let value = try JSONSerialization.jsonObject(with: Data(body.utf8))
                    let object = try #require(value as? [String: Any], "\(event) for \(kind)")
                    #expect(!object.isEmpty)
                    switch service.limit {
                    case .bytes(let limit):
                        #expect(body.utf8.count < limit, "\(event), \(count) of \(text.debugDescription)")
                    case .units(let limit):
                        let longest = Self.strings(object).map(\.utf16.count).max() ?? 0
                        #expect((1...limit).contains(longest), "\(event), \(count) of \(text.debugDescription)")
                    }
                    checked += 1
                }
            }
        }
        #expect(checked == 6 * 9 * 3)
    }

    @Test("A message names its job and its event, and is the same each time it is made", arguments: kinds)
    func contents(kind: HookKind) throws {
        let service = ChatServices.of(kind)
        for event in JobEvent.allCases {
            let message = message(event, foreign: "sentiment", slices: 3)
            let body = try service.body(of: message)
            #expect(body.contains("20261124T002603Z-1a2b3c4d") && body.contains("sentiment"), "\(event)")
            #expect(body.contains(event.rawValue), "\(event)")
            #expect(try service.body(of: message) == body)
        }
    }

    @Test("A test message says that it is one, and that no job ended", arguments: kinds)
    func test(kind: HookKind) throws {
        let body = try ChatServices.of(kind).body(of: JobMessage.test(now: Self.time))
        #expect(body.contains("test"))
        #expect(!body.contains("job.succeeded") && !body.contains("succeeded in"))
    }

    @Test("What a manifest's author wrote leaves no control character in a message", arguments: kinds)
    func visible(kind: HookKind) throws {
        let service = ChatServices.of(kind)
        // A program's own escapes keep its text in place: what it gets is what was written.
        guard !service.isStandardWebhook else { return }
        for text in Self.foreign {
            let body = try service.body(of: message(.failed, foreign: text, slices: 3))
            let strings = Self.strings(try JSONSerialization.jsonObject(with: Data(body.utf8)))
            try #require(!strings.isEmpty)
            for scalar in strings.joined().unicodeScalars where scalar != "\n" {
                #expect(
                    scalar.properties.generalCategory != .control && scalar.value != 0x202E, "\(text.debugDescription)")
            }
        }
    }

    @Test("The first line says the result: the figure, what it is more than the base's, and than the last run's")
    func result() {
        func title(_ headline: JobSummary.Headline?, _ event: JobEvent = .succeeded, slices: Int = 1) -> String {
            let summary = JobSummary(
                slices: (0..<slices).map { JobSummary.Slice(name: "\($0)", rows: 1) }, headline: headline)
            return JobMessage(event: event, job: job(summary, folder: nil), time: Self.time).title
        }
        let accuracy = JobSummary.Headline(
            slice: "all", metric: "accuracy", base: 0.812, adapter: 0.889, previous: 0.887)
        #expect(title(accuracy) == "sentiment: 88.9%, +7.7 points, +0.2 since the last run")
        #expect(title(accuracy, .failed) == "sentiment: failed, 88.9%, +7.7 points, +0.2 since the last run")
        let loss = JobSummary.Headline(slice: "all", metric: "loss", base: 1.5, adapter: 0.31, previous: nil)
        #expect(title(loss) == "sentiment: loss 0.310, −1.190")
        #expect(title(nil) == "sentiment: succeeded in 1m 30s")
        #expect(title(nil, slices: 0) == "sentiment: succeeded in 1m 30s, not scored")
        #expect(title(accuracy, .cancelled) == "sentiment: cancelled")
    }

    @Test("With report_url a message leads to the run's report, and a folder that is none to nothing", arguments: kinds)
    func report(kind: HookKind) throws {
        let service = ChatServices.of(kind)
        func body(_ folder: String?, _ url: String?) throws -> String {
            let message = JobMessage(
                event: .succeeded, job: job(JobSummary(), folder: folder), time: Self.time, host: "trainer-1",
                reportURL: url)
            let body = try service.body(of: message)
            _ = try JSONSerialization.jsonObject(with: Data(body.utf8))
            return body
        }
        let run = "outbox/sentiment/20261124T002603Z-1a2b3c4d"
        let address = "https://reports.example.org/o/sentiment/20261124T002603Z-1a2b3c4d/report.html"
        #expect(try body(run, "https://reports.example.org/o/").contains(address))
        #expect(try body(run, "https://reports.example.org/o").contains("trainer-1"))
        #expect(try !body(run, nil).contains("report.html"))
        #expect(try !body("outbox/a b/<script>", "https://reports.example.org").contains("report.html"))
        #expect(try !body(nil, "https://reports.example.org").contains("report.html"))
    }

    @Test("A night of a name is told apart by its stamp", arguments: kinds)
    func stamp(kind: HookKind) throws {
        let job = JobRecord(
            id: "1", name: "nightly", state: .succeeded, attempt: 1, submittedAt: Self.time, stamp: "2026-11-24x7")
        let body = try ChatServices.of(kind).body(
            of: JobMessage(event: .succeeded, job: job, time: Self.time, host: "trainer-1"))
        #expect(body.contains("2026-11-24x7"))
    }

    private static let targets: [AliasTarget?] = [nil, .base, .version(16)]

    /// A move of `champion` to version 17, or to the base.
    private func message(
        _ text: String, from: AliasTarget? = .version(16), to: AliasTarget = .version(17), length: Int = 1
    ) -> AliasMessage {
        func version(_ target: AliasTarget?) -> AdapterVersion? {
            target?.number.map {
                AdapterVersion(
                    name: text, number: $0, run: "sentiment/20261124T002603Z-1a2b3c4d", digest: "d", baseSHA256: "b",
                    tokenizerSHA256: "t", publishedAt: Self.time)
            }
        }
        let long = String(repeating: text, count: length)
        return AliasMessage(
            AliasMove(
                alias: "champion", from: from, to: to, date: Self.time, by: long, reason: long, isForced: true),
            name: text, from: version(from), to: version(to), host: "trainer-1", reportURL: "https://r.example.org/o")
    }

    @Test("A move of an alias is one JSON object within the service's limit, whatever was written", arguments: kinds)
    func aliasLimits(kind: HookKind) throws {
        let service = ChatServices.of(kind)
        var checked = 0
        for text in Self.foreign {
            for from in Self.targets {
                for length in [1, 2_000] {
                    let body = try service.body(of: message(text, from: from, length: length))
                    #expect(try JSONSerialization.jsonObject(with: Data(body.utf8)) is [String: Any])
                    let strings = Self.strings(try JSONSerialization.jsonObject(with: Data(body.utf8)))
                    switch service.limit {
                    case .bytes(let limit): #expect(body.utf8.count < limit, "\(text.debugDescription)")
                    case .units(let limit): #expect(strings.allSatisfy { $0.utf16.count <= limit })
                    }
                    checked += 1
                }
            }
        }
        #expect(checked == 9 * 3 * 2)
    }

    @Test("A move says the alias, where it led and leads, by whom, why, and where the report is", arguments: kinds)
    func aliasContents(kind: HookKind) throws {
        let body = try ChatServices.of(kind).body(of: message("sentiment"))
        let text = Self.strings(try JSONSerialization.jsonObject(with: Data(body.utf8))).joined(separator: "\n")
        for word in ["champion", "sentiment", "trainer-1", "/20261124T002603Z-1a2b3c4d/report.html"] {
            #expect(text.contains(word), "\(word)")
        }
        let base = try ChatServices.of(kind).body(of: message("sentiment", to: .base))
        #expect(!base.contains("report.html"))
    }

    @Test("What a program is told of a move names both versions by number, run and digest")
    func aliasForPrograms() throws {
        let body = try message("sentiment").generic()
        let object = try #require(try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])
        #expect(object["type"] as? String == "alias.moved")
        let data = try #require(object["data"] as? [String: Any])
        let (from, to) = (try #require(data["from"] as? [String: Any]), try #require(data["to"] as? [String: Any]))
        #expect(from["version"] as? Int == 16 && to["version"] as? Int == 17 && to["base"] as? Bool == false)
        #expect(to["run"] as? String == "sentiment/20261124T002603Z-1a2b3c4d" && to["sha256"] as? String == "d")
        #expect(data["forced"] as? Bool == true && data["alias"] as? String == "champion")
        #expect(message("sentiment").title == "sentiment@champion is 17, it was 16")
        #expect(message("sentiment", from: nil, to: .base).title == "sentiment@champion is the bare base")
    }

    private func job(_ summary: JobSummary, folder: String?) -> JobRecord {
        JobRecord(
            id: "20261124T002603Z-1a2b3c4d", name: "sentiment", state: .succeeded, attempt: 1, submittedAt: Self.time,
            startedAt: Self.time, finishedAt: Self.time + 90, runFolder: folder, summary: summary)
    }

    private func message(_ event: JobEvent, foreign: String, slices: Int) -> JobMessage {
        let summary = JobSummary(
            slices: (0..<max(1, slices)).map { number in
                JobSummary.Slice(
                    name: "\(foreign.prefix(300)) \(number)", rows: number, base: .init(loss: 2),
                    adapter: .init(loss: 1))
            },
            gates: [JobSummary.Gate(condition: foreign, value: nil, passed: false)], parityPassed: false, steps: 7)
        let job = JobRecord(
            id: "20261124T002603Z-1a2b3c4d", name: foreign, state: .running, attempt: 1, submittedAt: Self.time,
            startedAt: Self.time, finishedAt: Self.time + 90, reason: foreign, runFolder: foreign, summary: summary)
        return JobMessage(event: event, job: job, time: Self.time)
    }

    /// Every text in a JSON value.
    private static func strings(_ value: Any) -> [String] {
        switch value {
        case let object as [String: Any]: object.values.flatMap(strings)
        case let list as [Any]: list.flatMap(strings)
        case let text as String: [text]
        default: []
        }
    }
}
