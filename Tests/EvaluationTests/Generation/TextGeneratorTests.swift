import Evaluation
import ModelFiles
import TestSupport
import Testing
import Tokenizers
import Transformers

@Suite("Greedy generation")
struct TextGeneratorTests {
    /// a b c and then the end.
    private let chain = FormulaModel(successors: [1, 2, 8, 0, 0, 0, 0, 0, 0])

    private func generator(_ limit: Int, end: [Int] = [CharacterTokenizer.end]) -> TextGenerator {
        TextGenerator(tokenizer: CharacterTokenizer(), endTokens: end, maximumNewTokens: limit)
    }

    private func expect(
        _ found: Generation, _ ids: [Int], endToken: Int?, _ text: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(found.ids == ids, sourceLocation: sourceLocation)
        #expect(found.endToken == endToken, sourceLocation: sourceLocation)
        #expect(found.text == text, sourceLocation: sourceLocation)
    }

    @Test("An end token stops the text and is not part of it")
    func endToken() throws {
        let generation = try generator(10).generate(chain, prompt: [0], name: "prompt")
        expect(generation, [1, 2], endToken: 8, "bc")
    }

    @Test("Any of several end tokens stops")
    func severalEndTokens() throws {
        let generation = try generator(10, end: [8, 2]).generate(chain, prompt: [0], name: "prompt")
        expect(generation, [1], endToken: 2, "b")
    }

    @Test("The limit stops a text that goes on, and a limit of none generates nothing")
    func limit() throws {
        let loop = FormulaModel(successors: [1, 0, 0, 0, 0, 0, 0, 0, 0])
        let generation = try generator(5).generate(loop, prompt: [0], name: "prompt")
        expect(generation, [1, 0, 1, 0, 1], endToken: nil, "babab")
        #expect(try generator(0).generate(loop, prompt: [0], name: "prompt").ids == [])
    }

    @Test("Of equal logits the lowest id is chosen")
    func tie() throws {
        let tied = FormulaModel { _ in [0, 0, 3, 1, 3, 3, 0, 0, 2] }
        #expect(try generator(2).generate(tied, prompt: [0], name: "prompt").ids == [2, 2])
    }

    @Test("Logits that are not finite end the generation, naming the prompt", arguments: [Float.nan, .infinity])
    func notFinite(value: Float) {
        let broken = FormulaModel { prefix in [0, 1, 0, 0, 0, 0, 0, 0, prefix.count > 2 ? value : 0] }
        let error = failure { _ = try generator(4).generate(broken, prompt: [0], name: "prompt \"p7\"") }
        #expect(error?.code == .notFinite)
        #expect(error?.message.contains("prompt \"p7\"") == true)
    }

    @Test("Prompt and new tokens must fit the model's positions, to the last")
    func positions() throws {
        let short = FormulaModel(positions: 5) { _ in [0, 1, 0, 0, 0, 0, 0, 0, 0] }
        #expect(try generator(3).generate(short, prompt: [0, 0], name: "prompt").ids == [1, 1, 1])
        let error = failure { _ = try generator(4).generate(short, prompt: [0, 0], name: "prompt") }
        #expect(error?.code == .mismatch)
        #expect(error?.message == "The prompt has 2 tokens; with 4 new ones they do not fit the base's 5 positions.")
    }

    @Test("An empty prompt is refused")
    func emptyPrompt() {
        #expect(failure { _ = try generator(3).generate(chain, prompt: [], name: "prompt") }?.code == .mismatch)
    }

    @Test("A stop is heard before each token")
    func stopped() {
        var asked = 0
        let error = failure {
            _ = try generator(9).generate(chain, prompt: [0], name: "prompt") {
                asked += 1
                return asked == 3
            }
        }
        #expect(error?.code == .interrupted)
        #expect(asked == 3)
    }

    @Test("The tiny Llama continues prompts as transformers' generate does", arguments: ["base", "untied"])
    func reference(name: String) throws {
        let golden = try Fixtures.json("llama-tiny/generation.json")
        let base = try BaseModelFiles(path: Fixtures.path("llama-tiny/\(name)"))
        let generator = TextGenerator(
            tokenizer: try TokenizerLoader.load(base), endTokens: base.configuration.eosTokenIDs,
            maximumNewTokens: try #require(golden["max_new_tokens"]?.intValue))
        let model = try Fixtures.tinyModel(name)
        let rows = try #require(golden["greedy"]?[name]?.arrayValue)
        #expect(!rows.isEmpty)
        for row in rows {
            let prompt = generator.encode(try #require(row["prompt"]?.stringValue))
            #expect(prompt == row["prompt_ids"]?.arrayValue?.compactMap(\.intValue))
            let found = try generator.generate(model, prompt: prompt, name: "prompt")
            #expect(found.ids == row["ids"]?.arrayValue?.compactMap(\.intValue))
            #expect(found.text == row["text"]?.stringValue)
        }
    }
}
