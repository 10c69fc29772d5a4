import Foundation
import ModelFiles
import TestSupport
import Testing

private let folder = "\(Fixtures.root)/data/templates"
private let isThere = FileManager.default.fileExists(atPath: folder)

/// Jobs on conversations by the chat templates that real models ship, on tiny bases of their families.
@Suite(
    "Jobs on conversations by chat templates of real models, by the built program",
    .enabled(if: isThere, "run scripts/fetch templates, or make peers"))
struct PeerConversationJobTests {
    @Test(
        "A base is trained on what the real template writes, and the run verifies",
        arguments: [
            ("llama3", "meta-llama-Llama-3.2-3B-Instruct"), ("qwen3", "Qwen-Qwen3-0.6B"),
            // Gemma 3's turns are written as Gemma 2's are, whose template there is.
            ("gemma3", "google-gemma-2-2b-it"), ("phi3", "microsoft-Phi-3.5-mini-instruct"),
            ("mistral", "mistralai-Mistral-Nemo-Instruct-2407"),
        ])
    func job(family: String, name: String) throws {
        let template = try String(contentsOfFile: "\(folder)/\(name).jinja", encoding: .utf8)
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            try lorad.useBase(ofFamily: family, template: template)
            let rows = (0..<8).map { row in
                #"{"messages": [{"role": "user", "content": "is \#(row) odd?"}, "#
                    + #"{"role": "assistant", "content": "\#(row % 2 == 0 ? "no" : "yes")"}]}"#
            }
            try lorad.write(rows.prefix(6).joined(separator: "\n"), to: "data/chat.jsonl")
            try lorad.write(rows.suffix(2).joined(separator: "\n"), to: "data/chat-test.jsonl")
            try lorad.write(
                """
                name: chat
                base: {path: base, sha256: \(try lorad.hash())}
                dataset: {train: data/chat.jsonl, chat_date: 2026-11-30}
                adapter: {rank: 2}
                training: {max_steps: 2, batch_size: 2, max_length: 512}
                evaluation: {data: data/chat-test.jsonl}
                regression: {max_new_tokens: 4}
                """, to: "job.yaml")
            let run = try lorad.run("run", "job.yaml")
            #expect(run.status == 0, "\(run.errors)")
            let report = try JSONReader.parse(lorad.read("outbox/chat/latest/report.json"), name: "report")
            #expect(report["training"]?["rows"]?["train"]?.intValue == 6)
            let spans = report["training"]?["sample"]?["spans"]?.arrayValue ?? []
            let trained = spans.filter { $0["trained"]?.boolValue == true }.compactMap { $0["text"]?.stringValue }
            #expect(trained.count == 1 && trained[0].contains("no") && !trained[0].contains("odd"), "\(trained)")
            let recorded = report["provenance"]?["chat_template"]?["sha256"]?.stringValue
            #expect(recorded == ContentHash.ofBytes(Data(template.utf8)))
            #expect(try lorad.run("verify", "outbox/chat/latest").status == 0)
        }
    }
}
