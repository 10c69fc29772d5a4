import Datasets
import Evaluation
import ModelFiles
import TestSupport
import Testing
import Tokenizers
import Transformers

/// Accuracy without choices, held to what decoding really says.
@Suite("A row is right where greedy decoding says it, its end and nothing else")
struct GreedyAccuracyTests {
    /// a b c and then the end.
    private let chain = FormulaModel(successors: [1, 2, 8, 0, 0, 0, 0, 0, 0])

    private func accuracy(_ content: EvaluationRow.Content, _ rule: GreedyRule, _ model: FormulaModel) throws -> Double?
    {
        let options = SliceOptions(greedy: rule)
        let plan = try SlicePlan(
            rows: [EvaluationRow(line: 1, slice: nil, content: content)], path: "d", tokenizer: CharacterTokenizer(),
            maximumPositions: 64, options: options)
        return try SliceEvaluation(plan: plan, options: options).run(model).slices[0].base.accuracy
    }

    private func rule(needsEnd: Bool = true, limit: Int = 32) -> GreedyRule {
        GreedyRule(endTokens: [CharacterTokenizer.end], needsEnd: needsEnd, maximumNewTokens: limit)
    }

    @Test("What goes on after the completion makes it wrong, unless no end is trained")
    func prefix() throws {
        let prefix = EvaluationRow.Content.promptCompletion(prompt: "a", completion: "b")
        let whole = EvaluationRow.Content.promptCompletion(prompt: "a", completion: "bc")
        #expect(try accuracy(prefix, rule(), chain) == 0)
        #expect(try accuracy(whole, rule(), chain) == 1)
        #expect(try accuracy(prefix, rule(needsEnd: false), chain) == 1)
    }

    @Test("Any end will do, and the loss does not count it")
    func ends() throws {
        let content = EvaluationRow.Content.promptCompletion(prompt: "a", completion: "b")
        #expect(try accuracy(content, GreedyRule(endTokens: [8, 2], needsEnd: true), chain) == 1)
        let rows = [EvaluationRow(line: 1, slice: nil, content: content)]
        let found = try [GreedyRule(), rule()].map { rule in
            let options = SliceOptions(greedy: rule)
            let plan = try SlicePlan(
                rows: rows, path: "d", tokenizer: CharacterTokenizer(), maximumPositions: 64, options: options)
            return try SliceEvaluation(plan: plan, options: options).run(chain).slices[0].base
        }
        #expect(found[0].loss == found[1].loss && found[0].tokens == 1 && found[1].tokens == 1)
    }

    @Test(
        "The limit counts the end, and a longer completion is wrong and counted", arguments: [(3, 1.0, 0), (2, 0, 1)])
    func limit(_ limit: Int, _ expected: Double, _ unreachable: Int) throws {
        let content = EvaluationRow.Content.promptCompletion(prompt: "a", completion: "bc")
        #expect(try accuracy(content, rule(limit: limit), chain) == expected)
        let plan = try SlicePlan(
            rows: [EvaluationRow(line: 1, slice: nil, content: content)], path: "d", tokenizer: CharacterTokenizer(),
            maximumPositions: 64, options: SliceOptions(greedy: rule(limit: limit)))
        #expect(plan.unreachable == unreachable)
        // The generator draws as many.
        let generator = TextGenerator(tokenizer: CharacterTokenizer(), endTokens: [8], maximumNewTokens: limit)
        let said = try generator.generate(chain, prompt: [0], name: "prompt")
        #expect((said.ids == [1, 2] && said.endToken != nil) == (expected == 1))
    }

    @Test("An end that the completion spells is the end; text after one is never said")
    func spelled() throws {
        let content = { EvaluationRow.Content.promptCompletion(prompt: "a", completion: $0) }
        #expect(try accuracy(content("bc."), rule(), chain) == 1)
        #expect(try accuracy(content("bc.a"), rule(), chain) == 0)
        #expect(try accuracy(content("bc."), rule(limit: 2), chain) == 0)
    }

    @Test("Rows over the positions are those whose end could not be asked for")
    func positions() throws {
        func rows(_ needsEnd: Bool) throws -> [Int] {
            let options = SliceOptions(greedy: rule(needsEnd: needsEnd))
            return try SlicePlan(
                rows: ["b", "bc"].enumerated().map {
                    EvaluationRow(line: $0 + 1, slice: nil, content: .promptCompletion(prompt: "a", completion: $1))
                }, path: "d", tokenizer: CharacterTokenizer(), maximumPositions: 2, options: options
            ).rows.map(\.line)
        }
        #expect(try rows(true) == [1])
        #expect(try rows(false) == [1, 2])
    }

    @Test("Every turn of a conversation is decoded up to the end that its template gives it")
    func messages() throws {
        let base = try BaseModelFiles(path: Fixtures.path("llama-tiny/base"))
        let tokenizer = try TokenizerLoader.load(base)
        let turns = [("user", "is it good?"), ("assistant", "it is"), ("user", "bad?"), ("assistant", "not bad")]
        let content = EvaluationRow.Content.messages(
            Conversation(turns.map { ChatMessage(role: $0.0, content: $0.1) }))
        let tokens = try RowTokens(content, tokenizer: tokenizer, template: .chatML)
        let end = try #require(tokenizer.id(of: "<|im_end|>"))
        let plan = RowPlan(tokens, rule: GreedyRule(endTokens: [end], needsEnd: false, maximumNewTokens: 4096))
        let greedy = try #require(plan.greedy)
        #expect(greedy.isReachable && greedy.ends.isEmpty && greedy.said == plan.candidates[0])
        let short = RowPlan(tokens, rule: GreedyRule(endTokens: [end], maximumNewTokens: 2))
        #expect(short.greedy?.isReachable == false)
    }

    /// Prompts whose greedy text differs, and completions made of it: the text itself, cut, gone on with, and changed.
    @Test("On the tiny Llama the figure is that of decoding, row by row", arguments: ["base", "untied"])
    func decoding(name: String) throws {
        let base = try BaseModelFiles(path: Fixtures.path("llama-tiny/\(name)"))
        let model = try Fixtures.tinyModel(name)
        let golden = try Fixtures.json("llama-tiny/generation.json")
        let prompts = try #require(golden["greedy"]?[name]?.arrayValue).compactMap { row in
            row["prompt_ids"]?.arrayValue?.compactMap(\.intValue)
        }
        try #require(prompts.count > 1)
        let tokenizer = try TokenizerLoader.load(base)
        var right = 0
        for prompt in prompts {
            let free = try TextGenerator(tokenizer: tokenizer, endTokens: [], maximumNewTokens: 8)
                .generate(model, prompt: prompt, name: "prompt").ids
            // The tiny model ends nothing by itself: let each of the tokens that it says be an end in turn.
            for end in Set(free).sorted() + [base.configuration.vocabularySize - 1] {
                for limit in [3, 6] {
                    let generator = TextGenerator(tokenizer: tokenizer, endTokens: [end], maximumNewTokens: limit)
                    let said = try generator.generate(model, prompt: prompt, name: "prompt")
                    for completion in [said.ids, Array(free.prefix(3)), free, said.ids + [end], [5] + said.ids]
                    where !completion.isEmpty {
                        let rule = GreedyRule(endTokens: [end], needsEnd: true, maximumNewTokens: limit)
                        let found = try isCorrect(prompt, completion, rule, model)
                        let spelled = said.endToken.map { said.ids + [$0] }
                        let expected = said.endToken != nil && (said.ids == completion || spelled == completion)
                        #expect(found == expected, "\(prompt) \(completion) \(end) \(limit)")
                        right += expected ? 1 : 0
                    }
                }
            }
        }
        #expect(right > 10)
    }

    private func isCorrect(_ prompt: [Int], _ completion: [Int], _ rule: GreedyRule, _ model: LanguageModel) throws
        -> Bool
    {
        let tokens = RowTokens(prompt: prompt, completion: completion)
        let plan = RowPlan(tokens, rule: rule)
        return RowScore(plan, scores: try model.labelScores(plan.sequences)).isCorrect
    }
}
