import ModelFiles
import TestSupport
import Testing
import Tokenizers
import Transformers

@Suite("Byte-level BPE against the tokenizers library")
struct HardCasesTests {
    private func compare(_ base: String, golden: String) throws {
        let tokenizer = try TokenizerLoader.load(BaseModelFiles(path: base))
        let cases = try goldenList(Fixtures.json("tokenizers/hard_cases.json")[golden])
        #expect(cases.count > 200)
        for row in cases {
            let text = try #require(row["text"]?.stringValue)
            let expected = try goldenIntegers(row["ids"])
            let ids = tokenizer.encode(text, allowSpecial: true)
            #expect(ids == expected, "\(text.debugDescription)")
            let decoded = tokenizer.decode(expected, skipSpecial: false)
            #expect(Array(decoded.utf8) == Array((row["decoded"]?.stringValue ?? "").utf8), "\(text.debugDescription)")
        }
    }

    @Test("tokenizer.json: the same ids and text on every hard case")
    func tokenizerJSON() throws { try compare(Fixtures.path("llama-tiny/base"), golden: "tiny") }

    @Test("A GGUF's vocabulary: the same as its tokenizer.json")
    func tinyGGUF() throws { try compare(Fixtures.path("llama-tiny/base-f32.gguf"), golden: "tiny") }

    @Test("SmolLM2's own vocabulary", .enabled(if: Fixtures.hasRealBase, "run scripts/fetch"))
    func smolLM2() throws { try compare(Fixtures.realBase, golden: "smollm2") }

    @Test("Special tokens in text that is not to have any are text")
    func specialAsText() throws {
        let tokenizer = try TokenizerLoader.load(BaseModelFiles(path: Fixtures.path("llama-tiny/base")))
        let ids = tokenizer.encode("<|im_end|>", allowSpecial: false)
        #expect(ids.count > 1)
        #expect(tokenizer.decode(ids, skipSpecial: true) == "<|im_end|>")
        #expect(tokenizer.decode(tokenizer.encode("<|im_end|>", allowSpecial: true), skipSpecial: true) == "")
    }
}
