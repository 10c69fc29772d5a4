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
        #expect(checked == 5 * 9 * 3)
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
        let body = try ChatServices.of(kind).body(of: .test(now: Self.time))
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
