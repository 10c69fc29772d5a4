import Foundation
import ModelFiles
import TestSupport
import Testing
import Tokenizers

private let folder = "\(Fixtures.root)/data/vocabularies"
private let isThere = FileManager.default.fileExists(atPath: folder)

/// The vocabularies that llama.cpp tests its tokenizers with, which `scripts/fetch vocabularies` brings, each with hard
/// texts (`.inp`) and the ids that the models' own tokenizers give them (`.out`).
@Suite(
    "llama.cpp's own tests of tokenizers",
    .enabled(if: isThere, "run scripts/fetch vocabularies, or make peers"))
struct PeerVocabularyTests {
    static let compared = [
        "bert-bge", "command-r", "deepseek-coder", "deepseek-llm", "falcon", "gpt-2", "llama-bpe", "llama-spm", "mpt",
        "phi-3", "qwen2", "qwen35", "refact", "starcoder",
    ]
    /// What lorad does not read, and what it says of each.
    static let refused = [
        "aquila": "does not say how its text is cut into words",
        "gpt-neox": "does not say how its text is cut into words",
        "gemma-4": "a vocabulary of kind 'gemma4'", "nomic-bert-moe": "a vocabulary of kind 't5'",
    ]
    /// Read, but without texts to compare.
    static let withoutTexts = ["baichuan"]

    private static func path(_ name: String) -> String { "\(folder)/ggml-vocab-\(name).gguf" }

    private func load(_ name: String) throws -> any Tokenizer {
        try TokenizerLoader.load(GGUFFile(path: Self.path(name)), path: Self.path(name))
    }

    private func text(_ name: String, _ suffix: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: Self.path(name) + suffix)), as: UTF8.self)
    }

    @Test("The same ids of every text", arguments: compared)
    func ids(name: String) throws {
        let tokenizer = try load(name)
        let texts = try text(name, ".inp").components(separatedBy: "\n__ggml_vocab_test__\n").dropLast()
        let rows = try text(name, ".out").split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        try #require(texts.count == rows.count && texts.count >= 45)
        for (text, row) in try paired(texts, rows) {
            let expected = row.split(separator: " ").compactMap { Int($0) }
            #expect(tokenizer.encode(text, allowSpecial: false) == expected, "\(text.debugDescription)")
        }
    }

    @Test("What is not read is refused, saying why", arguments: refused.keys.sorted())
    func refusals(name: String) throws {
        let error = #expect(throws: TokenizersError.self) { try load(name) }
        #expect(error?.code == .unsupported)
        #expect(error?.message.contains(Self.refused[name] ?? "none") == true, "\(error?.message ?? "")")
        #expect(error?.advice?.isEmpty == false)
    }

    @Test("No vocabulary of the suite is left out")
    func all() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".gguf") }
        let known = Self.compared + Self.refused.keys + Self.withoutTexts
        #expect(files.sorted() == known.map { "ggml-vocab-\($0).gguf" }.sorted())
        for name in Self.withoutTexts { #expect(try load(name).vocabularySize > 0) }
        for name in known where !Self.compared.contains(name) && name != "gemma-4" {
            #expect(!FileManager.default.fileExists(atPath: Self.path(name) + ".inp"))
        }
    }
}
