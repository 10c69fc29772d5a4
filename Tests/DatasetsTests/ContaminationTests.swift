import Datasets
import ModelFiles
import Testing
import Tokenizers

@Suite("Rows of held-out data among those to train on")
struct ContaminationTests {
    @Test("Training rows that stand in held-out data are removed and counted")
    func contamination() {
        let row = { (text: String) in TrainingRow.completion(prompt: text, completion: " x") }
        let (kept, removed) = Contamination.remove([row("b")], from: [row("a"), row("b"), row("c"), row("b")])
        #expect(kept == [row("a"), row("c")])
        #expect(removed == 2)
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
        #expect(try Contamination.remove([row(plain)], from: [row(marked), row(plain, "[{}]")]).removed == 2)
        #expect(try Contamination.remove([row(calls[0])], from: [row(calls[0]), row(calls[1])]).removed == 1)
    }
}
