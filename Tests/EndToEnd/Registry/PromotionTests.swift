import Foundation
import ModelFiles
import TestSupport
import Testing

@Suite("promote: auto, by the built program", .serialized)
struct PromotionTests {
    private func json(_ lorad: LoradProcess, _ arguments: String...) throws -> JSONValue {
        let outcome = try lorad.run(arguments + ["--json"])
        try #require(outcome.status == 0, "\(outcome.errors)")
        return try JSONReader.parse(outcome.output, name: "answer")
    }

    private func aliases(_ lorad: LoradProcess) throws -> [String: Int] {
        let mirror = try JSONReader.parse(lorad.read("outbox/tiny/registry.json"), name: "mirror")
        let aliases = try #require(mirror["aliases"]?.objectValue)
        return Dictionary(uniqueKeysWithValues: aliases.keys.map { ($0, aliases[$0]?["version"]?.intValue ?? 0) })
    }

    @Test("A first night becomes champion, a better one takes its place and chats hear of both; a worse one does not")
    func nights() throws {
        let chat = try WebhookServer()
        defer { chat.stop() }
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            try lorad.write(
                """
                threads: 1
                quiet_time: 0.1
                limits: {free_disk_mib: 0}
                notify_default: [chat]
                hooks: [{name: chat, kind: generic, url_env: CHAT, allow_private: true, allow_http: true}]
                """, to: "lorad.yaml")
            let hash = try lorad.hash()
            func night(_ steps: Int, rate: String = "1.0e-2", adapter: String = "", extra: String = "") throws {
                let text = lorad.manifest(sha256: hash, steps: steps, extra: "promote: auto\n" + extra)
                    .replacing("1.0e-2", with: rate)
                    .replacing("dropout: 0.1", with: "dropout: 0.1" + adapter)
                try lorad.write(text, to: "inbox/night.yaml")
                let outcome = try lorad.run("watch", "--once", environment: ["CHAT": chat.url])
                #expect(outcome.status == 0 || outcome.status == 1, "\(outcome.errors)")
            }
            try night(2)
            #expect(try aliases(lorad) == ["champion": 1])
            try night(8, adapter: ", init_from: tiny@champion")
            #expect(try aliases(lorad) == ["champion": 2, "previous": 1])
            let report = try JSONReader.parse(lorad.read("outbox/tiny/champion/report.json"), name: "report")
            #expect(report["provenance"]?["parent"]?["init_from"]?.stringValue == "tiny@champion")
            #expect(report["gates"]?.arrayValue?.first?["reference_name"]?.stringValue == "tiny@1")

            // Hardly trained, and so worse by more than chance: no version, and nothing moves.
            try night(1, rate: "1.0e-6")
            #expect(try aliases(lorad) == ["champion": 2, "previous": 1])

            let types = chat.requests.compactMap { $0.json["type"] as? String }
            #expect(types == ["job.succeeded", "alias.moved", "job.succeeded", "alias.moved", "job.failed"])
            try #require(chat.requests.count == 5)
            let moved = try #require(chat.requests[3].json["data"] as? [String: Any])
            #expect((moved["to"] as? [String: Any])?["version"] as? Int == 2)
            #expect((moved["by"] as? String)?.hasPrefix("lorad, job ") == true)
            let deliveries = try json(lorad, "webhooks", "list").arrayValue ?? []
            #expect(deliveries.compactMap { $0["alias"]?.stringValue } == ["tiny@champion", "tiny@champion"])
            let history = try json(lorad, "registry", "history", "tiny", "--alias", "champion").arrayValue ?? []
            #expect(history.count == 2)

            // One that goes on from a version that there is not is refused before any work, with its place.
            try night(2, adapter: ", init_from: tiny@9")
            let reason = try #require(lorad.list("outbox/rejected").last)
            let told = try lorad.list("outbox/rejected/\(reason)").filter { $0.hasSuffix(".txt") }
                .map { try lorad.read("outbox/rejected/\(reason)/\($0)") }.joined()
            #expect(told.contains("tiny has no version 9") && told.contains("night.yaml:4"), "\(told)")
        }
    }

    @Test("A run by hand is promoted too, and one that was overtaken meanwhile becomes a candidate")
    func foreground() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            let hash = try lorad.hash()
            func manifest(_ steps: Int) -> String {
                lorad.manifest(sha256: hash, steps: steps, checkpointEvery: 500, extra: "promote: auto")
            }
            try lorad.write(manifest(2), to: "job.yaml")
            #expect(try lorad.run("run", "job.yaml").status == 0)
            #expect(try aliases(lorad) == ["champion": 1])
            // While the second one trains, somebody leads the champion back to the base.
            try lorad.write(manifest(1_500), to: "job.yaml")
            let run = try lorad.start(["run", "job.yaml"])
            #expect(eventually(within: 60) { run.errors.contains("train: started") }, "\(run.errors)")
            #expect(try lorad.run("registry", "rollback", "tiny", "--to", "base").status == 0)
            #expect(try run.wait().status == 0)
            #expect(try aliases(lorad) == ["champion": 0, "previous": 1, "candidate": 2])
        }
    }
}
