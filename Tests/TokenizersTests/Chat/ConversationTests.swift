import Foundation
import ModelFiles
import TestSupport
import Testing
import Tokenizers
import Transformers

/// Conversations as tokens against `scripts/reference/conversations.py`.
@Suite("Conversations against transformers' apply_chat_template")
struct ConversationTests {
    static let kinds = ["gpt2", "qwen2", "smollm", "llama3", "llama2", "mistral", "gemma", "prefixed"]

    private func compare(_ kind: String, _ tokenizer: any Tokenizer) throws {
        let goldens = try Fixtures.json("conversations/goldens.json")
        let conversations = try #require(goldens["conversations"]?.arrayValue).map {
            Conversation(try ChatMessage.conversation($0))
        }
        try #require(conversations.count > 30)
        for (name, template) in [("ChatML", ChatTemplate.chatML), ("SmolLM2", .smolLM2)] {
            let rows = try #require(goldens["entries"]?["\(kind) \(name)"]?.arrayValue)
            try #require(rows.count == conversations.count)
            for (conversation, row) in try paired(conversations, rows) {
                let tokens = try ConversationTokens(conversation, template: template, tokenizer: tokenizer)
                let shown = conversation.messages.map(\.content.debugDescription).joined(separator: " · ")
                #expect(try tokens.ids == goldenIntegers(row["ids"]), "\(name): \(shown)")
                #expect(try tokens.trained == goldenIntegers(row["trained"]), "\(name): \(shown)")
            }
        }
    }

    @Test(
        "Trained tokenizers, whose markers are text like any other: the same ids and trained tokens", arguments: kinds)
    func trained(kind: String) throws {
        try compare(kind, TokenizerLoader.load(folder: Fixtures.path("tokenizers-trained/\(kind)")))
    }

    @Test(
        "Markers as special tokens, with a normaliser and byte-level or SentencePiece's words",
        arguments: ["qwen2-marked", "llama2-marked"])
    func marked(kind: String) throws {
        try compare(kind, TokenizerLoader.load(folder: Fixtures.path("conversations/\(kind)")))
    }

    @Test("The tiny base's own")
    func tiny() throws {
        try compare("llama-tiny", TokenizerLoader.load(BaseModelFiles(path: Fixtures.path("llama-tiny/base"))))
    }

    @Test("SmolLM2's own vocabulary", .enabled(if: Fixtures.hasRealBase, "run scripts/fetch"))
    func smolLM2() throws {
        try compare("SmolLM2-135M", TokenizerLoader.load(BaseModelFiles(path: Fixtures.realBase)))
    }

    @Test("A turn marked so is not among the trained tokens, and its ids stay", arguments: [0, 1])
    func marks(turn: Int) throws {
        let tokenizer = try TokenizerLoader.load(folder: Fixtures.path("tokenizers-trained/gpt2"))
        func tokens(_ marks: [Bool?]) throws -> ConversationTokens {
            let answers = zip(["good", "bad"], marks).map {
                ChatMessage(role: "assistant", content: $0, isTrained: $1)
            }
            let questions = ["a?", "b?"].map { ChatMessage(role: "user", content: $0) }
            return try ConversationTokens(
                Conversation([questions[0], answers[0], questions[1], answers[1]]), template: .chatML,
                tokenizer: tokenizer)
        }
        let all = try tokens([nil, nil])
        let one = try tokens([turn == 0 ? nil : false, turn == 0 ? false : true])
        #expect(one.ids == all.ids)
        let text = tokenizer.decode(one.trained.map { one.ids[$0] }, skipSpecial: false)
        #expect(text == ["good<|im_end|>", "bad<|im_end|>"][turn])
    }
}
