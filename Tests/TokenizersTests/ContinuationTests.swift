import TestSupport
import Testing
import Tokenizers
import Transformers

@Suite("Texts that begin a sequence and texts that go on")
struct ContinuationTests {
    private static let decoders = ["gemma", "gpt2", "llama2", "llama3", "mistral", "prefixed", "qwen2", "smollm"]

    private func load(_ kind: String) throws -> any Tokenizer {
        try TokenizerLoader.load(folder: Fixtures.path("tokenizers-trained/\(kind)"))
    }

    @Test("A prompt and its completion are the tokens of the whole text", arguments: decoders)
    func whole(kind: String) throws {
        let tokenizer = try load(kind)
        for (prompt, completion) in [("the film was", " good"), ("a\n", "film"), ("It is:", " not"), ("a", "")] {
            let parts = tokenizer.encodeBeginning(prompt) + tokenizer.encodeContinuation(completion)
            let whole = try tokenizer.encode(
                prompt + completion, pair: nil, maximumLength: nil, allowSpecial: true)
            #expect(tokenizer.decode(parts, skipSpecial: true) == tokenizer.decode(whole.ids, skipSpecial: true))
            if completion.isEmpty || completion.hasPrefix(" ") { #expect(parts == whole.ids) }
        }
    }

    @Test("Beginning-of-text stands before a prompt where the tokenizer puts one there, and nowhere else")
    func beginning() throws {
        for kind in Self.decoders {
            let tokenizer = try load(kind)
            let added = tokenizer.encodeBeginning("a").count - tokenizer.encode("a", allowSpecial: true).count
            #expect(added == (["gemma", "llama2", "llama3", "mistral"].contains(kind) ? 1 : 0), "\(kind)")
        }
    }

    @Test(
        "A special token inside a text that goes on does not take the space after it", arguments: ["llama2", "mistral"])
    func special(kind: String) throws {
        let tokenizer = try load(kind)
        let ids = tokenizer.encode("x</s>y", allowSpecial: true)
        #expect(
            tokenizer.encodeContinuation("</s>y")
                == Array(ids.suffix(tokenizer.encode("</s>y", allowSpecial: true).count)))
    }
}
