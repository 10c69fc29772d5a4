import Foundation
import ModelFiles
import TestSupport
import Testing

/// Jobs on conversations, by bases of several families with templates in the style of theirs.
@Suite("Jobs on conversations, by the built program")
struct ConversationJobTests {
    /// A folder with the family's tiny base, room for a conversation, and its template.
    private func withBase(_ family: String, template: String?, _ body: (LoradProcess) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            try lorad.useBase(ofFamily: family, template: template)
            let rows = (0..<8).map { row in
                #"{"messages": [{"role": "user", "content": "is \#(row) odd?"}, "#
                    + #"{"role": "assistant", "content": "\#(row % 2 == 0 ? "no" : "yes")"}, "#
                    + #"{"role": "user", "content": "sure?"}, {"role": "assistant", "content": "I am"}]}"#
            }
            let untrained = #"{"messages": [{"role": "user", "content": "who is there?"}]}"#
            try lorad.write((rows.prefix(6) + [untrained]).joined(separator: "\n"), to: "data/chat.jsonl")
            try lorad.write(rows.suffix(2).joined(separator: "\n"), to: "data/chat-test.jsonl")
            try lorad.write(
                #"{"id": "odd", "messages": [{"role": "user", "content": "is 9 odd?"}]}"#, to: "data/prompts.jsonl")
            try body(lorad)
        }
    }

    private func manifest(_ lorad: LoradProcess, _ dataset: String = "") throws -> String {
        """
        name: chat
        base: {path: base, sha256: \(try lorad.hash())}
        dataset: {train: data/chat.jsonl\(dataset)}
        adapter: {rank: 2}
        training: {max_steps: 2, batch_size: 2, max_length: 256}
        evaluation: {data: data/chat-test.jsonl}
        regression: {prompts: data/prompts.jsonl, max_new_tokens: 4}
        """
    }

    private func template(_ family: String) throws -> String {
        try String(contentsOfFile: Fixtures.path("chat/\(family)/plain.jinja"), encoding: .utf8)
    }

    @Test(
        "A base of each family is trained on what its template writes, and the run verifies",
        arguments: [
            ("llama3", "no<|eot_id|>"), ("qwen3", "no<|im_end|>"), ("gemma3", "no<end_of_turn>"),
            ("phi3", "no<|end|>"), ("mistral", " no<|endoftext|>"),
        ])
    func families(family: String, answer: String) throws {
        let template = try template(family)
        try withBase(family, template: template) { lorad in
            try lorad.write(manifest(lorad), to: "job.yaml")
            let run = try lorad.run("run", "job.yaml")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.errors.contains("1 of 7 rows of data/chat.jsonl have nothing to train on"))
            #expect(run.errors.contains("line 7"))
            let report = try JSONReader.parse(lorad.read("outbox/chat/latest/report.json"), name: "report")
            #expect(report["training"]?["rows"]?["train"]?.intValue == 6)
            let spans = report["training"]?["sample"]?["spans"]?.arrayValue ?? []
            let trained = spans.filter { $0["trained"]?.boolValue == true }.compactMap { $0["text"]?.stringValue }
            try #require(trained.count == 2)
            #expect(trained[0].hasPrefix(answer), "\(trained)")
            let recorded = report["provenance"]?["chat_template"]?["sha256"]?.stringValue
            #expect(recorded == ContentHash.ofBytes(Data(template.utf8)))
            let prompt = report["parity"]?["prompts"]?.arrayValue?.first
            #expect(prompt?["rendered"]?.boolValue == true)
            #expect(prompt?["prompt"]?.stringValue?.contains("is 9 odd?") == true)
            #expect(try lorad.run("verify", "outbox/chat/latest").status == 0)
        }
    }

    @Test("An adapter answers in a chat, and is gone on from, by the template alone that it was trained with")
    func fits() throws {
        let own = try template("qwen3")
        let other = "{# another #}" + own
        try withBase("qwen3", template: own) { lorad in
            try lorad.write(other, to: "other.jinja")
            try lorad.write(manifest(lorad, ", chat_template: ./other.jinja"), to: "job.yaml")
            #expect(try lorad.run("run", "job.yaml").status == 0)
            let chat = [
                "generate", "--base", "base", "--adapter", "chat@1", "--prompt", "is 9 odd?", "--chat",
                "--max-new-tokens", "2",
            ]
            let refused = try lorad.run(chat)
            let hashes = [other, own].map { ContentHash.ofBytes(Data($0.utf8)) }
            #expect(refused.status == 65, "\(refused.errors)")
            #expect(
                refused.errors.contains("was made for the chat template \(hashes[0]), not for \(hashes[1])"),
                "\(refused.errors)")
            #expect(try lorad.run(chat + ["--chat-template", "./other.jinja"]).status == 0)
            try lorad.write(
                manifest(lorad).replacing("{rank: 2}", with: "{rank: 2, init_from: chat@1}"), to: "next.yaml")
            let next = try lorad.run("run", "next.yaml")
            #expect(next.status == 65 && next.errors.contains("has the chat template"), "\(next.errors)")
        }
    }

    @Test("A base without a template says what to set, and a file that is set is used; turns and dates are told")
    func chosen() throws {
        try withBase("qwen3", template: nil) { lorad in
            try lorad.write(manifest(lorad), to: "job.yaml")
            let without = try lorad.run("run", "job.yaml")
            #expect(without.status == 65)
            #expect(without.errors.contains("dataset.chat_template"), "\(without.errors)")
            let dated = "{{ strftime_now('%Y') }}" + (try template("qwen3"))
            try lorad.write(dated, to: "data/own.jinja")
            try lorad.write(manifest(lorad, ", chat_template: data/own.jinja, train_on: last"), to: "job.yaml")
            let undated = try lorad.run("run", "job.yaml")
            #expect(undated.status == 65)
            #expect(undated.errors.contains("dataset.chat_date"), "\(undated.errors)")
            try lorad.write(
                manifest(lorad, ", chat_template: data/own.jinja, train_on: last, chat_date: 2026-11-29"),
                to: "job.yaml")
            let run = try lorad.run("run", "job.yaml")
            #expect(run.status == 0, "\(run.errors)")
            let report = try JSONReader.parse(lorad.read("outbox/chat/latest/report.json"), name: "report")
            let spans = report["training"]?["sample"]?["spans"]?.arrayValue ?? []
            #expect(spans.first?["text"]?.stringValue?.hasPrefix("2026") == true)
            #expect(spans.count { $0["trained"]?.boolValue == true } == 1)
            #expect(report["provenance"]?["chat_template"]?["date"]?.stringValue == "2026-11-29")
        }
    }

    @Test("tokenize and generate write a conversation as jobs do")
    func commands() throws {
        try withBase("qwen3", template: try template("qwen3")) { lorad in
            let messages = #"[{"role": "user", "content": "hi"}, {"role": "assistant", "content": "ho"}]"#
            try lorad.write("{\"messages\": \(messages)}", to: "one.json")
            let answer = try lorad.run("tokenize", "--base", "base", "--messages", "one.json", "--json")
            #expect(answer.status == 0, "\(answer.errors)")
            let found = try JSONReader.parse(answer.output, name: "answer")
            let text = "<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\nho<|im_end|>\n"
            #expect(found["text"]?.stringValue == text)
            let trained = (found["trained"]?.arrayValue ?? []).compactMap(\.boolValue)
            #expect(
                trained.count == found["ids"]?.arrayValue?.count && trained.contains(true) && trained.first == false)
            let chat = try lorad.run(
                "generate", "--base", "base", "--chat", "--system", "s", "--prompt", "hi", "--max-new-tokens", "2",
                "--json")
            #expect(chat.status == 0, "\(chat.errors)")
            let ids = try JSONReader.parse(chat.output, name: "answer")["prompt_ids"]?.arrayValue?.count
            #expect((ids ?? 0) > 20)
            #expect(try lorad.run("generate", "--base", "base", "--system", "s", "--prompt", "hi").status == 64)
        }
    }
}
