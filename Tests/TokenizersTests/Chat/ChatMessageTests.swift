import Datasets
import Foundation
import ModelFiles
import TestSupport
import Testing
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
        "What no text can hold, old calls and unknown roles are refused by name",
        arguments: [
            (#"{"role": "assistant", "content": null, "function_call": {"name": "f"}}"#, "'function_call'"),
            (#"{"role": "assistant", "content": null}"#, "has null as its content"),
            (#"{"role": "assistant"}"#, "lacks a content"),
            (#"{"role": "user", "content": [{"type": "image", "url": "a"}]}"#, "a part of type 'image'"),
            (#"{"role": "user", "content": ["a"]}"#, "a part of type a string"),
            (
                #"{"role": "critic", "content": "a"}"#,
                "role is 'critic'; known are system, developer, user, assistant, tool"
            ),
            (#"{"content": "a"}"#, "role is missing"), (#""hi""#, "message 1 is a string"),
            (#"{"role": "user", "content": "a", "tool_calls": [{"name": "f"}]}"#, "only the assistant calls"),
            (#"{"role": "assistant", "tool_calls": {"name": "f"}}"#, "'tool_calls' is an object"),
            (#"{"role": "assistant", "tool_calls": [{"id": "c1"}]}"#, "without a function and its name"),
            (
                #"{"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": "[1]"}}]}"#,
                "arguments that are no JSON object"
            ),
        ])
    func refused(message: String, names: String) throws {
        let error = #expect(throws: TokenizersError.self) { try read(message) }
        #expect(error?.message.contains(names) == true, "\(error!)")
    }

    @Test("Empty calls are none")
    func noCalls() throws {
        #expect(try assistant(#", "tool_calls": [], "function_call": null"#) == assistant(""))
    }

    @Test("Calls need no content, and have their arguments as objects")
    func calls() throws {
        let call = #"{"type": "function", "function": {"name": "f", "arguments": "{\"x\": 1}"}}"#
        let message = try read(#"{"role": "assistant", "tool_calls": [\#(call)], "weight": 1}"#)
        #expect(message.content == "" && message.isTrained)
        #expect(message.fields["weight"] == nil && message.fields["content"] == nil)
        let arguments = message.fields["tool_calls"]?.arrayValue?.first?["function"]?["arguments"]
        #expect(arguments?["x"]?.intValue == 1)
        #expect(try read(#"{"role": "tool", "content": "42"}"#).isTrained == false)
    }

    @Test("Parts of text are one text, a line each")
    func parts() throws {
        let parts = #"[{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]"#
        let message = try read(#"{"role": "user", "content": \#(parts)}"#)
        #expect(message.content == "a\nb")
        #expect(message.fields["content"]?.arrayValue?.count == 2)
    }

    @Test("Tools are a list of objects")
    func tools() throws {
        let messages = JSONValue.array([.object(ChatMessage(role: "user", content: "a").fields)])
        let tool = JSONValue.object(JSONObject([("type", .string("function"))]))
        #expect(try Conversation(messages: messages, tools: .array([tool])).tools.count == 1)
        #expect(try Conversation(messages: messages, tools: .null).tools.isEmpty)
        for wrong in [JSONValue.string("[]"), .array([.string("f")])] {
            let error = #expect(throws: TokenizersError.self) { try Conversation(messages: messages, tools: wrong) }
            #expect(error?.message.contains("tool") == true)
        }
    }
}
