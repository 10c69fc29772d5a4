import Datasets
import Foundation
import ModelFiles
import Testing
import TestSupport
import Tokenizers

@Suite("Messages of data rows")
struct ChatMessageTests {
    private func read(_ message: String) throws -> ChatMessage {
        let rows = try withTemporaryFolder { folder in
            let path = "\(folder)/rows.jsonl"
            try Data(#"{"messages": [\#(message)]}"#.utf8).write(to: URL(fileURLWithPath: path))
            return try JSONLines.read(path)
        }
        let messages = try #require(try rows.first?.value("messages"))
        return try #require(try ChatMessage.conversation(messages).first)
    }

    private func assistant(_ mark: String) throws -> ChatMessage {
        try read(#"{"role": "assistant", "content": "a"\#(mark)}"#)
    }

    @Test("The assistant's turns are trained unless they are marked otherwise")
    func marks() throws {
        for mark in ["", #", "weight": 1"#, #", "weight": 1.0"#, #", "train": true"#, #", "weight": null"#] {
            #expect(try assistant(mark).isTrained, "\(mark)")
        }
        for mark in [#", "weight": 0"#, #", "weight": 0.0"#, #", "train": false"#, #", "weight": 0, "train": false"#] {
            #expect(try !assistant(mark).isTrained, "\(mark)")
        }
        #expect(try !read(#"{"role": "user", "content": "a"}"#).isTrained)
        #expect(try !read(#"{"role": "user", "content": "a", "weight": 0}"#).isTrained)
    }

    @Test(
        "Any other mark is an error that names it",
        arguments: [
            (#", "weight": 0.5"#, "'weight' is 0.5; 0 and 1"), (#", "weight": "0""#, "'weight' is a string; 0 and 1"),
            (#", "weight": false"#, "'weight' is"), (#", "train": 0"#, "'train' is"),
            (#", "train": "no""#, "'train' is a string; true and false"),
            (#", "weight": 1, "train": false"#, "contradict"), (#", "trainable": false"#, "'trainable'"),
            (#", "loss_weight": 0"#, "'loss_weight'"),
        ])
    func otherMarks(mark: String, names: String) throws {
        let error = #expect(throws: TokenizersError.self) { try assistant(mark) }
        #expect(error?.message.contains("message 1") == true && error?.message.contains(names) == true, "\(error!)")
    }

    @Test("A user's turn cannot be trained on")
    func user() throws {
        let error = #expect(throws: TokenizersError.self) {
            try read(#"{"role": "user", "content": "a", "train": true}"#)
        }
        #expect(error?.message.contains("only the assistant's") == true)
    }

    @Test(
        "Calls of tools, with content or without, parts and unknown roles are refused by name",
        arguments: [
            (#"{"role": "assistant", "content": "", "tool_calls": [{"id": "c1"}]}"#, "'tool_calls'"),
            (#"{"role": "assistant", "content": "a", "tool_calls": [{"id": "c1"}]}"#, "'tool_calls'"),
            (#"{"role": "assistant", "content": null, "function_call": {"name": "f"}}"#, "'function_call'"),
            (#"{"role": "assistant", "content": null}"#, "content is null"),
            (#"{"role": "assistant"}"#, "lacks a content"),
            (#"{"role": "user", "content": [{"type": "text", "text": "a"}]}"#, "list of parts"),
            (#"{"role": "tool", "content": "a"}"#, "role is 'tool'; known are system, user, assistant"),
            (#"{"content": "a"}"#, "role is missing"), (#""hi""#, "message 1 is a string"),
        ])
    func refused(message: String, names: String) throws {
        let error = #expect(throws: TokenizersError.self) { try read(message) }
        #expect(error?.message.contains(names) == true, "\(error!)")
    }

    @Test("Empty calls are none")
    func noCalls() throws {
        #expect(try assistant(#", "tool_calls": [], "function_call": null"#).content == "a")
    }
}
