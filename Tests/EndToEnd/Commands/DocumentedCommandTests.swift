import Foundation
import ModelFiles
import TestSupport
import Testing

/// What people are told to type is run as it stands there, with names of the folder's own in the place of BASE, JOB and the
/// like. `DocumentationTests` parses the same commands.
@Suite("Every command of README.md and docs/, run", .serialized)
struct DocumentedCommandTests {
    /// Those that go on until somebody stops them, or may.
    private static let endless = [["watch"], ["status", "--watch"], ["logs", "queued", "-f"]]
    /// Those that end with another status than 0, and why.
    private static let others: [[String]: Int32] = [
        // Nobody listens at the address.
        ["webhooks", "test", "chat"]: 1
    ]

    private func standIn(_ word: String, of command: [String]) -> String {
        switch word {
        case "bases/SmolLM2-135M-Instruct.Q4_1.gguf": "base"
        case "BASE": command.contains("--text") ? "classifier" : "base"
        case "A", "outbox/NAME/RUN": "outbox/tickets/latest"
        case _ where word.hasPrefix("A:"): "outbox/tickets/latest" + word.dropFirst()
        case "P", "C", "T", "U", "TEXT": "it was late"
        case "JOB": "queued"
        case "FILE": "conversation.json"
        case "DIR": "merged"
        default: word
        }
    }

    /// The folder that README.md's own steps make, with a base that answers in a chat, and a job that waits.
    private func prepare(_ lorad: LoradProcess) throws {
        let template = try String(contentsOfFile: Fixtures.path("chat/qwen3/plain.jinja"), encoding: .utf8)
        try lorad.useBase(ofFamily: "qwen3", template: template)
        try FileManager.default.copyItem(
            atPath: Fixtures.path("classifiers/deberta-absolute/base"), toPath: "\(lorad.folder)/classifier")
        let teams = ["billing", "technical", "shipping"]
        let rows = (0..<12).map { row in
            #"{"prompt": "Ticket: number \#(row) came late.\nTeam:", "completion": " \#(teams[row % 3])"}"#
        }
        try lorad.write(rows.prefix(9).joined(separator: "\n"), to: "data/tickets.jsonl")
        try lorad.write(rows.suffix(3).joined(separator: "\n"), to: "data/tickets-held-out.jsonl")
        try FileManager.default.createDirectory(
            atPath: "\(lorad.folder)/data/sentiment", withIntermediateDirectories: true)
        try lorad.write(rows.joined(separator: "\n"), to: "data/sentiment/train.jsonl")
        try lorad.write(
            #"{"messages": [{"role": "user", "content": "late?"}, {"role": "assistant", "content": "no"}]}"#,
            to: "conversation.json")

        // The manifest that README.md shows, on another base and with fewer steps.
        let readme = try DocumentedCommands.text("README.md")
        let yaml = try #require(readme.firstMatch(of: /```yaml\n(\s*name: tickets\n[\s\S]*?)```/)).1
        var manifest = yaml.split(separator: "\n").map { String($0.dropFirst(3)) }.joined(separator: "\n")
        let (path, hash) = (/bases\/SmolLM2[^\n]*/, /b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53/)
        try #require(manifest.contains(path) && manifest.contains(hash))
        manifest.replace(path, with: "base")
        manifest.replace(hash, with: try lorad.hash())
        manifest += "\ntraining: {max_steps: 2, batch_size: 2}\n"
        func named(_ name: String) -> String { manifest.replacing("name: tickets", with: "name: \(name)") }
        try lorad.write(manifest, to: "tickets.yaml")
        for (name, file) in [
            ("job", "job.yaml"), ("queued", "queued.yaml"), ("nightly", "pipelines/nightly.yaml"),
            ("encoder", "pipelines/sentiment-encoder.yaml"),
        ] { try lorad.write(named(name), to: file) }
        try lorad.write(
            lorad.read("lorad.yaml") + """
                hooks:
                  - {name: chat, kind: slack, url_env: CHAT_WEBHOOK_URL, allow_http: true, allow_private: true}
                  - {name: deploy, kind: generic, url_env: CHAT_WEBHOOK_URL, allow_http: true, allow_private: true}
                notify_default: [chat]

                """, to: "lorad.yaml")
    }

    private static let environment = ["CHAT_WEBHOOK_URL": "http://127.0.0.1:9/hook"]

    @Test("Each ends as it should, in the order of the pages")
    func run() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            try prepare(lorad)
            var count = 0
            for page in DocumentedCommands.pages {
                for written in try DocumentedCommands.commands(in: DocumentedCommands.text(page)) {
                    var command = written.map { standIn($0, of: written) }
                    if command.contains("msg_…") { command = try replay(lorad) }
                    if command == ["status", "--watch"] { try queue(lorad) }
                    let name = "\(page): lorad \(command.joined(separator: " "))"
                    let outcome = try Self.endless.contains(command) ? stopped(lorad, command) : ended(lorad, command)
                    // One that was stopped ends well, or as interrupted.
                    let isStopped = Self.endless.contains(command) && outcome.status == 130
                    let expected = Self.others[command] ?? 0
                    #expect(
                        isStopped || outcome.status == expected, "\(name)\n\(outcome.errors)\n\(outcome.output)")
                    count += 1
                }
            }
            #expect(count >= 30)
        }
    }

    /// A job that waits, which `status --watch`, `logs -f`, `cancel` and `retry` are about.
    private func queue(_ lorad: LoradProcess) throws {
        for command in [["pause"], ["submit", "queued.yaml"], ["watch", "--once"]] { _ = try ended(lorad, command) }
    }

    /// A message that was sent before, once more.
    private func replay(_ lorad: LoradProcess) throws -> [String] {
        let list = try ended(lorad, ["webhooks", "list", "--json"])
        let deliveries = try #require(try JSONReader.parse(list.output, name: "list").arrayValue)
        let id = deliveries.lazy.compactMap { $0["id"]?.stringValue }.first
        return ["webhooks", "replay", try #require(id, "\(list.output)")]
    }

    private func ended(_ lorad: LoradProcess, _ command: [String]) throws -> RunningProcess.Outcome {
        try lorad.run(command, environment: Self.environment)
    }

    private func stopped(_ lorad: LoradProcess, _ command: [String]) throws -> RunningProcess.Outcome {
        let process = try lorad.start(command, environment: Self.environment)
        if command.first == "logs" {
            // It goes on until the job ends.
            _ = try ended(lorad, ["cancel", "queued"])
            defer { _ = try? ended(lorad, ["retry", "queued"]) }
            return try process.wait()
        }
        _ = eventually(within: 30) { !process.isRunning || !(process.output + process.errors).isEmpty }
        process.terminate()
        return try process.wait()
    }
}
