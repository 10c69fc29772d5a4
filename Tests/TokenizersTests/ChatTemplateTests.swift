import Foundation
import ModelFiles
import TestSupport
import Testing
import Tokenizers
import Transformers

private let loop = "{% for message in messages %}"
private let turn =
    "{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}"
private let end = "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
private let chatML = loop + turn + end

@Suite("Chat templates")
struct ChatTemplateTests {
    private let turns = [ChatMessage(role: "user", content: "hi"), ChatMessage(role: "assistant", content: "ho")]

    private func recognise(_ text: String) -> ChatTemplate { ChatTemplate.recognise(text, place: "the test") }

    @Test("The tiny base's ChatML is recognised, and renders as its template says")
    func tinyBase() throws {
        let template = try ChatTemplate.load(BaseModelFiles(path: Fixtures.path("llama-tiny/base")))
        #expect(template == .chatML)
        let segments = try #require(template).render(turns, addGenerationPrompt: true)
        let text = "<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\nho<|im_end|>\n<|im_start|>assistant\n"
        #expect(segments.map(\.text).joined() == text)
        #expect(segments.filter(\.trained).map(\.text) == ["ho<|im_end|>"])
    }

    @Test(
        "SmolLM2's adds its system message where there is none", .enabled(if: Fixtures.hasRealBase, "run scripts/fetch")
    )
    func realBase() throws {
        let template = try ChatTemplate.load(BaseModelFiles(path: Fixtures.realBase))
        #expect(template == .smolLM2)
        let text = try #require(template).render(turns, addGenerationPrompt: false).map(\.text).joined()
        #expect(
            text.hasPrefix(
                "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n<|im_start|>user\n"
            ))
        let own = [ChatMessage(role: "system", content: "s")] + turns
        #expect(
            try #require(template).render(own, addGenerationPrompt: false).map(\.text).joined().hasPrefix(
                "<|im_start|>system\ns<|im_end|>"))
    }

    @Test(
        "White space that Jinja does not write makes no other template",
        arguments: [
            chatML, chatML + "\n", chatML + "\n\n", chatML.replacingOccurrences(of: "\n", with: "\\n"),
            chatML.replacingOccurrences(of: "{{'", with: "{{  '"), chatML.replacingOccurrences(of: "'", with: "\""),
            chatML.replacingOccurrences(of: "{% for", with: "{%- for").replacingOccurrences(
                of: "{% end", with: "{%- end"),
            loop + "\n" + turn + "\n    " + end, loop + "\n    " + "{#- a note -#}" + "\n " + turn + end,
            "{# ChatML #}\n" + chatML, "{%- for message in messages -%}\n\t " + turn + end,
        ])
    func same(text: String) { #expect(recognise(text) == .chatML, "\(text)") }

    @Test(
        "White space that Jinja writes, a literal's own, or other words make another template, refused when used",
        arguments: [
            chatML.replacingOccurrences(of: "['role'] + '\n'", with: "['role'] + ' '"),
            chatML.replacingOccurrences(of: "['role'] + '\n'", with: "['role'] + ''"),
            chatML.replacingOccurrences(of: "'\n'}}", with: "'\n\n'}}"),
            chatML.replacingOccurrences(of: "\n", with: "\\\\n"),
            chatML.replacingOccurrences(of: "'<|im_end|>'", with: "' <|im_end|>'"),
            chatML.replacingOccurrences(of: "<|im_start|>assistant\n", with: "<|im_start|>assistant"),
            loop + " " + turn + end, loop + "\n\n" + turn + end, loop + "{%+ if true %}{% endif %}" + turn + end,
            chatML + " ", loop + turn, "{{", "{% for", "{{ 'a }}", "", "hello",
            chatML.replacingOccurrences(of: "message['role']", with: "message.role"),
        ])
    func other(text: String) throws {
        let template = recognise(text)
        #expect(template != .chatML && template != .smolLM2)
        let error = #expect(throws: TokenizersError.self) {
            try template.render(turns, addGenerationPrompt: false)
        }
        #expect(error?.code == .unsupported)
        #expect(error?.message.contains("the test") == true)
        #expect(error?.cause?.hasPrefix("It begins: \(text.prefix(5))") == true)
        #expect(error?.advice?.contains("ChatML") == true)
    }

    private func load(chatTemplate: JSONValue) throws -> ChatTemplate? {
        try withTemporaryFolder { folder in
            let base = Fixtures.path("llama-tiny/base")
            for file in ["config.json", "model.safetensors"] {
                try FileManager.default.copyItem(atPath: "\(base)/\(file)", toPath: "\(folder)/\(file)")
            }
            let config = JSONText.document(.object(JSONObject([("chat_template", chatTemplate)])))
            try Data(config.utf8).write(to: URL(fileURLWithPath: "\(folder)/tokenizer_config.json"))
            return try ChatTemplate.load(BaseModelFiles(path: folder))
        }
    }

    private func entry(_ name: String, _ text: String) -> JSONValue {
        .object(JSONObject([("name", .string(name)), ("template", .string(text))]))
    }

    @Test("Of several templates the default is taken, as transformers does; without one they are refused by name")
    func several() throws {
        let others = [entry("tool_use", "{{ messages }}"), entry("rag", "")]
        #expect(try load(chatTemplate: .array([others[0], entry("default", chatML)])) == .chatML)
        let template = try #require(try load(chatTemplate: .array(others)))
        let error = #expect(throws: TokenizersError.self) { try template.render(turns, addGenerationPrompt: false) }
        #expect(error?.cause == "There is tool_use, rag.")
        #expect(try load(chatTemplate: .null) == nil)
    }
}
