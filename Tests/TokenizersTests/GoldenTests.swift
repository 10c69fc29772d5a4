import Foundation
import ModelFiles
import TestSupport
import Testing
import Tokenizers

/// Trained tokenizers of every kind against what the tokenizers library makes of the same texts with them.
@Suite("Tokenizers of every kind against the tokenizers library")
struct GoldenTests {
    static let kinds = [
        "gpt2", "roberta", "prefixed", "llama3", "qwen2", "smollm", "bert-uncased", "bert-cased", "deberta-v2",
        "xlm-roberta",
        "gemma", "llama2", "mistral",
    ]

    private func load(_ kind: String) throws -> (tokenizer: any Tokenizer, goldens: JSONValue) {
        let tokenizer = try TokenizerLoader.load(folder: Fixtures.path("tokenizers-trained/\(kind)"))
        return (tokenizer, try Fixtures.json("tokenizers-trained/\(kind)/goldens.json"))
    }

    @Test("Hard texts: the same ids, and the same text of them", arguments: kinds)
    func hardTexts(kind: String) throws {
        let (tokenizer, goldens) = try load(kind)
        try Goldens.compareHardTexts(tokenizer, goldens)
    }

    @Test("Pairs and lengths: the same ids and type ids with special tokens", arguments: kinds)
    func pairs(kind: String) throws {
        let (tokenizer, goldens) = try load(kind)
        try Goldens.comparePairs(tokenizer, goldens)
    }

    @Test(
        "10,000 lines of the demo's text: the same ids", .enabled(if: Goldens.hasDemo, "run scripts/fetch"),
        arguments: kinds)
    func demo(kind: String) throws {
        let (tokenizer, goldens) = try load(kind)
        try Goldens.compareDemo(tokenizer, goldens)
    }
}
