import Foundation
import ModelFiles
import TestSupport
import Testing
import Tokenizers
import Transformers

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

    static let miniLM = "\(Fixtures.root)/bases/all-MiniLM-L6-v2"
    static var hasMiniLM: Bool { FileManager.default.fileExists(atPath: miniLM + "/tokenizer.json") }

    @Test(
        "MiniLM's own vocabulary: the same on hard texts, pairs and 10,000 lines",
        .enabled(if: hasMiniLM, "run scripts/fetch"))
    func miniLM() throws {
        let tokenizer = try TokenizerLoader.load(folder: Self.miniLM)
        let goldens = try Fixtures.json("tokenizers/minilm.json")
        try Goldens.compareHardTexts(tokenizer, goldens)
        try Goldens.comparePairs(tokenizer, goldens)
        try Goldens.compareDemo(tokenizer, goldens)
    }

    @Test("Special tokens in text that is not to have any are text", arguments: kinds)
    func specialAsText(kind: String) throws {
        let tokenizer = try load(kind).tokenizer
        let json = try Fixtures.json("tokenizers-trained/\(kind)/tokenizer.json")
        let added = try #require(json["added_tokens"]?.arrayValue).filter { $0["special"]?.boolValue == true }
        let special = Set(added.compactMap { $0["id"]?.intValue })
        let unknown = tokenizer.id(of: "[UNK]")
        let text = added.compactMap { $0["content"]?.stringValue }.joined(separator: " a ")
        #expect(special.isSubset(of: tokenizer.encode(text, allowSpecial: true)))
        let ids = tokenizer.encode(text, allowSpecial: false).filter { $0 != unknown }
        #expect(special.isDisjoint(with: ids), "\(ids.filter(special.contains).map(tokenizer.piece))")
    }

    @Test(
        "One tokenizer used by many threads gives each the ids that it gives alone", arguments: ["gpt2", "deberta-v2"])
    func threads(kind: String) async throws {
        let tokenizer = try load(kind).tokenizer
        let texts = try Goldens.texts()
        let alone = texts.map { tokenizer.encode($0, allowSpecial: true) }
        await withTaskGroup(of: [[Int]].self) { group in
            for _ in 0..<8 { group.addTask { texts.map { tokenizer.encode($0, allowSpecial: true) } } }
            for await ids in group { #expect(ids == alone) }
        }
    }

    @Test("A word of half a million letters comes back as it was", arguments: ["gpt2", "gemma", "deberta-v2"])
    func longWord(kind: String) throws {
        let tokenizer = try load(kind).tokenizer
        let word = String(repeating: "interesting", count: 50_000)
        let text = tokenizer.decode(tokenizer.encode(word, allowSpecial: false), skipSpecial: true)
        #expect(text == word)
    }

    @Test("A length without room for the special tokens is refused, naming the least that has")
    func noRoom() throws {
        let tokenizer = try load("bert-uncased").tokenizer
        let error = #expect(throws: TokenizersError.self) {
            try tokenizer.encode("a", pair: "b", maximumLength: 2, allowSpecial: false)
        }
        #expect(error?.advice?.contains("at least 3") == true)
        let bare = try tokenizer.encode("a", pair: "b", maximumLength: 3, allowSpecial: false)
        #expect(bare.ids.map(tokenizer.piece) == ["[CLS]", "[SEP]", "[SEP]"])
        #expect(bare.typeIDs == [0, 0, 1])
    }
}
