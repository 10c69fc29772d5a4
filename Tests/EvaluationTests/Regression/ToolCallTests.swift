import Evaluation
import ModelFiles
import Testing

@Suite("Calls of tools in answers")
struct ToolCallTests {
    @Test(
        "Calls are found in every form that templates write",
        arguments: [
            "<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Paris\"}}\n</tool_call>",
            "<think>\nwhich?\n</think>\n\nI look.\n<tool_call>{\"name\": \"weather\", \"arguments\": {\"city\": \"Paris\"}}",
            "<tool_call>[{\"name\": \"weather\", \"arguments\": {\"city\": \"Paris\"}}]</tool_call>",
            "[TOOL_CALLS] [{\"name\": \"weather\", \"arguments\": {\"city\": \"Paris\"}, \"id\": \"123456789\"}]",
            "[{\"name\": \"weather\", \"arguments\": {\"city\": \"Paris\"}}]",
            "<|python_tag|>{\"name\": \"weather\", \"parameters\": {\"city\": \"Paris\"}}",
            "  {\"name\": \"weather\", \"parameters\": {\"city\": \"Paris\"}}\n",
            "<|tool_call|>[{\"name\": \"weather\", \"arguments\": {\"city\": \"Paris\"}}]",
            "{\"type\": \"function\", \"function\": {\"name\": \"weather\", \"arguments\": \"{\\\"city\\\": \\\"Paris\\\"}\"}}",
        ])
    func forms(text: String) throws {
        let calls = ToolCall.found(in: text)
        try #require(calls.count == 1)
        #expect(calls[0].name == "weather")
        #expect(JSONText.line(calls[0].arguments) == #"{"city": "Paris"}"#)
    }

    @Test("Several calls are found in order; a text without any, or with a broken one, holds none")
    func others() {
        let two = #"<tool_call>{"name": "a"}</tool_call><tool_call>{"name": "b"}</tool_call>"#
        #expect(ToolCall.found(in: two).map(\.name) == ["a", "b"])
        for text in [
            "", "weather", "{\"city\": 1}", "<tool_call>{\"name\": </tool_call>", "[1, 2]", "call {\"name\": \"a\"}",
        ] {
            #expect(ToolCall.found(in: text).isEmpty, "\(text)")
        }
    }
}
