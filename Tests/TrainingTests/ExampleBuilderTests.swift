import Datasets
import ModelFiles
import TestSupport
import Testing
import Tokenizers
import Training
import Transformers

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
        #expect(try builder.build([.messages(Conversation(turns))]).examples.count == 1)
    }

    @Test("Every turn of the assistant is trained, its end marker included, and nothing else")
    func messages() throws {
        let tokenizer = try tokenizer()
        let builder = ExampleBuilder(tokenizer: tokenizer, template: .chatML, maximumLength: 200)
        let turns = [("user", "is it good?"), ("assistant", "it is"), ("user", "bad?"), ("assistant", "not bad")]
        let (examples, _) = try builder.build([
            .messages(Conversation(turns.map { ChatMessage(role: $0.0, content: $0.1) }))
        ])
        let trained = examples[0].labels.map(\.target)
        #expect(tokenizer.decode(trained, skipSpecial: false) == "it is<|im_end|>not bad<|im_end|>")
    }

    @Test("A conversation none of whose turns is to be trained is dropped, and its ids are the same with marks")
    func marks() throws {
        let tokenizer = try tokenizer()
        let builder = ExampleBuilder(tokenizer: tokenizer, template: .chatML, maximumLength: 200)
        func row(_ marks: [Bool?]) -> TrainingRow {
            .messages(
                Conversation(
                    [ChatMessage(role: "user", content: "is it?")]
                        + zip(["good", "bad"], marks).map {
                            ChatMessage(role: "assistant", content: $0, isTrained: $1)
                        }))
        }
        let (examples, counts) = try builder.build([row([nil, nil]), row([false, nil]), row([false, false])])
        #expect(examples.count == 2 && counts.unsupervised == 1)
        let warning = counts.warnings("rows.jsonl", tokenizer: tokenizer) { "\($0 + 5)" }
        #expect(
            warning == ["warning: 1 of 3 rows of rows.jsonl have nothing to train on and are left out: line 7"])
        #expect(examples[0].tokens == examples[1].tokens)
        let trained = examples.map { tokenizer.decode($0.labels.map(\.target), skipSpecial: false) }
        #expect(trained == ["good<|im_end|>bad<|im_end|>", "bad<|im_end|>"])
    }

    @Test("Conversations that a template refuses are listed by their names, all at once")
    func refused() throws {
        let tokenizer = try tokenizer()
        let template = ChatTemplate.of(
            "{% if messages | length > 1 %}{{ raise_exception('too long') }}{% endif %}{{ messages[0].content }}",
            place: "test", tokenizer: tokenizer)
        let builder = ExampleBuilder(tokenizer: tokenizer, template: template, maximumLength: 200)
        let turns = ["a", "b"].map { ChatMessage(role: "assistant", content: $0) }
        let rows: [TrainingRow] = [[0], [0, 1], [1], [1, 0]].map { .messages(Conversation($0.map { turns[$0] })) }
        let error = #expect(throws: TrainingError.self) {
            try builder.build(rows, name: { "rows.jsonl:\($0 + 1)" })
        }
        let lines = error?.message.split(separator: "\n") ?? []
        #expect(lines.map { $0.prefix(13) } == ["rows.jsonl:2:", "rows.jsonl:4:"])
        #expect(lines.allSatisfy { $0.contains("too long") })
    }

    @Test("Rows that spell what is added to them are trained on as they are, and counted for a warning")
    func doubled() throws {
        let tokenizer = try TokenizerLoader.load(folder: Fixtures.path("tokenizers-trained/llama3"))
        let begin = try #require(tokenizer.encodeBeginning("").first)
        let text = tokenizer.decode([begin], skipSpecial: false)
        let builder = ExampleBuilder(
            tokenizer: tokenizer, template: .chatML, maximumLength: 200, appendsEndOfText: false)
        let rows: [TrainingRow] = [
            .text(text + "film"), .text("film"), .completion(prompt: text + "a", completion: " b"),
            .messages(Conversation([ChatMessage(role: "assistant", content: "a<|im_end|>")])),
        ]
        let (examples, counts) = try builder.build(rows)
        #expect(examples[0].tokens.prefix(2) == [begin, begin])
        #expect(counts.doubledBeginnings == 2 && counts.doubledEnds == 1)
        let warnings = counts.warnings("rows.jsonl", tokenizer: tokenizer)
        #expect(warnings.count == 2 && warnings[0].contains("2 of 4 rows of rows.jsonl begin with \(text)"))
        #expect(try builder.build([rows[1]]).counts.warnings("", tokenizer: tokenizer) == [])
    }

    @Test("An end-of-text token that rows spell and append_eos adds is counted; without append_eos it is not")
    func doubledEnd() throws {
        let tokenizer = try tokenizer()
        let end = tokenizer.decode([try #require(tokenizer.eosTokenID)], skipSpecial: false)
        for (appends, expected) in [(true, 1), (false, 0)] {
            let builder = ExampleBuilder(
                tokenizer: tokenizer, template: nil, maximumLength: 100, appendsEndOfText: appends)
            let (_, counts) = try builder.build([
                .completion(prompt: "a", completion: " b" + end), .completion(prompt: "a", completion: " b"),
            ])
            #expect(counts.doubledEnds == expected)
        }
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
