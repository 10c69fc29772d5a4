import ModelFiles
import TestSupport
import Testing
import Tokenizers
import Training

@Suite("Masks")
struct ExampleBuilderTests {
    private func tokenizer() throws -> any Tokenizer {
        try TokenizerLoader.load(BaseModelFiles(path: Fixtures.path("llama-tiny/base")))
    }

    @Test("Exactly the completion and the end of text are trained")
    func completion() throws {
        let tokenizer = try tokenizer()
        let builder = ExampleBuilder(tokenizer: tokenizer, template: nil, maximumLength: 100)
        let (examples, counts) = try builder.build([.completion(prompt: "the film was", completion: " good")])
        let example = examples[0]
        let trained = example.labels.map(\.target)
        #expect(trained == tokenizer.encode(" good", allowSpecial: true) + [tokenizer.eosTokenID])
        #expect(example.tokens == tokenizer.encode("the film was", allowSpecial: true) + trained)
        #expect(counts.supervisedTokens == trained.count)
        #expect(example.marked { tokenizer.piece($0) }.hasPrefix("theĠfilmĠwas⟦"))
    }

    @Test("Without append_eos the completion alone is trained")
    func withoutEnd() throws {
        let tokenizer = try tokenizer()
        let builder = ExampleBuilder(
            tokenizer: tokenizer, template: nil, maximumLength: 100, appendsEndOfText: false)
        let (examples, _) = try builder.build([.completion(prompt: "a", completion: " bad")])
        #expect(examples[0].labels.map(\.target) == tokenizer.encode(" bad", allowSpecial: true))
    }

    @Test("Without an end of text, one that is to be appended is an error that says what to set")
    func noEnd() throws {
        let tokenizer = try TokenizerLoader.load(folder: Fixtures.path("tokenizers-trained/gpt2"))
        try #require(tokenizer.eosTokenID == nil)
        for row in [TrainingRow.completion(prompt: "a", completion: " b"), .text("a b")] {
            let builder = ExampleBuilder(tokenizer: tokenizer, template: nil, maximumLength: 100)
            let error = #expect(throws: TrainingError.self) { try builder.build([row]) }
            #expect(error?.code == .malformed)
            #expect(error?.advice?.contains("training.append_eos: false") == true)
            let without = ExampleBuilder(
                tokenizer: tokenizer, template: nil, maximumLength: 100, appendsEndOfText: false)
            #expect(try without.build([row]).examples.count == 1)
        }
        // A template spells its own ends.
        let builder = ExampleBuilder(tokenizer: tokenizer, template: .chatML, maximumLength: 100)
        let turns = [ChatMessage(role: "user", content: "a"), ChatMessage(role: "assistant", content: "b")]
        #expect(try builder.build([.messages(turns)]).examples.count == 1)
    }

    @Test("Every turn of the assistant is trained, its end marker included, and nothing else")
    func messages() throws {
        let tokenizer = try tokenizer()
        let builder = ExampleBuilder(tokenizer: tokenizer, template: .chatML, maximumLength: 200)
        let turns = [("user", "is it good?"), ("assistant", "it is"), ("user", "bad?"), ("assistant", "not bad")]
        let (examples, _) = try builder.build([.messages(turns.map { ChatMessage(role: $0.0, content: $0.1) })])
        let trained = examples[0].labels.map(\.target)
        #expect(tokenizer.decode(trained, skipSpecial: false) == "it is<|im_end|>not bad<|im_end|>")
    }

    @Test("Rows that lose their completion to truncation are dropped and counted; none left is an error")
    func truncation() throws {
        let builder = ExampleBuilder(tokenizer: try tokenizer(), template: nil, maximumLength: 8)
        let long = TrainingRow.completion(prompt: "the film was good and the cast was great", completion: " good")
        let short = TrainingRow.completion(prompt: "bad", completion: " film")
        let (examples, counts) = try builder.build([long, short])
        #expect(examples.count == 1)
        #expect(counts.truncated == 1 && counts.dropped == 1 && counts.unsupervised == 1)
        let error = #expect(throws: TrainingError.self) { try builder.build([long]) }
        #expect(error?.code == .noSupervisedTokens)
    }

    @Test("Training rows that stand in held-out data are removed and counted")
    func contamination() {
        let row = { (text: String) in TrainingRow.completion(prompt: text, completion: " x") }
        let (kept, removed) = Contamination.remove([row("b")], from: [row("a"), row("b"), row("c"), row("b")])
        #expect(kept == [row("a"), row("c")])
        #expect(removed == 2)
    }

    @Test("An order visits every row once an epoch and depends on the seed alone")
    func order() {
        let order = BatchOrder(count: 10, batchSize: 4, seed: 1)
        let rows = (0..<5).flatMap { order.rows(step: $0) }
        #expect(rows.prefix(10).sorted() == Array(0..<10))
        #expect(rows.suffix(10).sorted() == Array(0..<10))
        #expect(rows == (0..<5).flatMap { BatchOrder(count: 10, batchSize: 4, seed: 1).rows(step: $0) })
        #expect(rows != (0..<5).flatMap { BatchOrder(count: 10, batchSize: 4, seed: 2).rows(step: $0) })
        #expect(order.steps(epochs: 3) == 8)
    }
}
