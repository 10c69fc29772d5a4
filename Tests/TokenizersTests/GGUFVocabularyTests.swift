import Foundation
import ModelFiles
import TestSupport
import Testing
import Tokenizers
import Transformers

/// Vocabularies that `scripts/reference/tokenizers_gguf.py` put into GGUF files.
@Suite("Vocabularies of GGUF files")
struct GGUFVocabularyTests {
    private func load(_ name: String) throws -> any Tokenizer {
        let path = Fixtures.path("tokenizers-gguf/\(name).gguf")
        return try TokenizerLoader.load(GGUFFile(path: path), path: path)
    }

    @Test(
        "gpt2 and bert: the same as the tokenizer.json that they are made of",
        arguments: [("gpt2", "gpt2"), ("llama3", "llama3"), ("bert", "bert-uncased")])
    func madeOfTokenizerJSON(name: String, kind: String) throws {
        let goldens = try Fixtures.json("tokenizers-trained/\(kind)/goldens.json")
        try Goldens.compareHardTexts(load(name), goldens)
        try Goldens.comparePairs(load(name), goldens)
        if Goldens.hasDemo { try Goldens.compareDemo(load(name), goldens) }
    }

    @Test("qwen2: the same as its tokenizer.json on text in NFC, which a GGUF's vocabulary does not bring about")
    func qwen2() throws {
        let (tokenizer, goldens) = (try load("qwen2"), try Fixtures.json("tokenizers-trained/qwen2/goldens.json"))
        var compared = 0
        for (text, row) in try paired(try Goldens.texts(), try goldenList(goldens["hard"]))
        where NormalizationForm.nfc.apply(Array(text.utf8)) == Array(text.utf8) {
            #expect(
                try tokenizer.encode(text, allowSpecial: true) == goldenIntegers(row["ids"]), "\(text.debugDescription)"
            )
            compared += 1
        }
        #expect(compared > 100)
        if Goldens.hasDemo { try Goldens.compareDemo(tokenizer, goldens) }
    }

    @Test("llama: merges by scores give SentencePiece's own ids")
    func sentencePiece() throws {
        let (tokenizer, goldens) = (try load("llama"), try Fixtures.json("tokenizers-gguf/llama.json"))
        let (texts, rows) = (try Goldens.texts(), try goldenList(goldens["hard"]))
        try #require(texts.count == rows.count && texts.count > 250)
        for (text, row) in try paired(texts, rows) {
            let shown = String(text.debugDescription.prefix(300))
            let ids = tokenizer.encode(text, allowSpecial: false)
            #expect(try ids == goldenIntegers(row["ids"]), "\(shown)")
            // SentencePiece's own mark for a space is one when it stands in the text, too.
            let expected = String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\u{2581}" ? " " : $0 })
            #expect(Array(tokenizer.decode(ids, skipSpecial: false).utf8) == Array(String(expected).utf8), "\(shown)")
        }
        if Goldens.hasDemo { try Goldens.compareDemo(tokenizer, goldens) }
        let encoded = try tokenizer.encode("a film", pair: nil, maximumLength: nil, allowSpecial: false)
        #expect(encoded.ids == [1] + tokenizer.encode("a film", allowSpecial: false))
    }

    @Test(
        "SmolLM2's own: the same on hard texts, pairs and 10,000 lines",
        .enabled(if: Fixtures.hasRealBase, "run scripts/fetch"))
    func smolLM2() throws {
        let tokenizer = try TokenizerLoader.load(BaseModelFiles(path: Fixtures.realBase))
        let goldens = try Fixtures.json("tokenizers/smollm2.json")
        try Goldens.compareHardTexts(tokenizer, goldens)
        try Goldens.compareDemo(tokenizer, goldens)
    }
}
