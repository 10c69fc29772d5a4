import Datasets
import ModelFiles
import Testing
import Tokenizers

@Suite("Rows of held-out data among those to train on")
struct ContaminationTests {
    private func isSame(_ one: TrainingRow, _ other: TrainingRow) -> Bool {
        Contamination.digest(one) == Contamination.digest(other)
    }

    @Test("A row is known by what is given of it, and the whole of it by its answer too")
    func digests() {
        let row = { (text: String, answer: String) in TrainingRow.completion(prompt: text, completion: answer) }
        #expect(isSame(row("b", " x"), row("b", " y")))
        #expect(!isSame(row("b", " x"), row("c", " x")) && !isSame(row("b", " x"), .text("b")))
        #expect(Contamination.identity(row("b", " x")) != Contamination.identity(row("b", " y")))
        let labelled = { (pair: String?, label: RowLabel) in
            TrainingRow.labelled(LabelledRow(line: 1, text: "t", pair: pair, label: label))
        }
        #expect(isSame(labelled(nil, .name("a")), labelled(nil, .name("b"))))
        #expect(!isSame(labelled(nil, .name("a")), labelled("u", .name("a"))))
        #expect(Contamination.identity(labelled(nil, .number(1))) == Contamination.identity(labelled(nil, .value(1))))
        #expect(Contamination.identity(labelled(nil, .number(1))) != Contamination.identity(labelled(nil, .number(2))))
    }

    @Test("Conversations are the same where the same is said, and the same tools are called")
    func conversations() throws {
        func row(_ messages: String, _ tools: String = "null") throws -> TrainingRow {
            .messages(
                try Conversation(
                    messages: JSONReader.parse(messages, name: "test"),
                    tools: JSONReader.parse(tools, name: "test")))
        }
        let plain = #"[{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]"#
        let marked = #"[{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "weight": 0}]"#
        let calls = ["f", "g"].map {
            #"[{"role": "user", "content": "a"}, {"role": "assistant", "tool_calls": [{"name": "\#($0)"}]}]"#
        }
        #expect(try isSame(row(plain), row(marked)) && isSame(row(plain), row(plain, "[{}]")))
        #expect(try !isSame(row(calls[0]), row(calls[1])))
    }
}
