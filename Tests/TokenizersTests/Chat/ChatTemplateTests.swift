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
    private let turns = Conversation([
        ChatMessage(role: "user", content: "hi"), ChatMessage(role: "assistant", content: "ho"),
    ])
    private let tokenizer: any Tokenizer

    init() throws { tokenizer = try TokenizerLoader.load(folder: Fixtures.path("tokenizers-trained/gpt2")) }

    private func of(_ text: String) -> ChatTemplate {
        ChatTemplate.of(text, place: "the test", tokenizer: tokenizer)
    }

    private func load(_ path: String, _ choice: ChatTemplate.Choice = .standard) throws -> ChatTemplate? {
        let base = try BaseModelFiles(path: path)
        return try ChatTemplate.load(base, tokenizer: TokenizerLoader.load(base), choice: choice)
    }

    @Test("The tiny base's ChatML is recognised, and renders as its template says")
    func tinyBase() throws {
        let template = try #require(try load(Fixtures.path("llama-tiny/base")))
        #expect(template.known == .chatML)
        let text = "<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\nho<|im_end|>\n<|im_start|>assistant\n"
        #expect(try template.render(turns, addGenerationPrompt: true) == text)
    }

    @Test(
        "SmolLM2's adds its system message where there is none", .enabled(if: Fixtures.hasRealBase, "run scripts/fetch")
    )
    func realBase() throws {
        let template = try #require(try load(Fixtures.realBase))
        #expect(template.known == .smolLM2)
        let text = try template.render(turns, addGenerationPrompt: false)
        #expect(
            text.hasPrefix(
                "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n<|im_start|>user\n"
            ))
        let own = Conversation([ChatMessage(role: "system", content: "s")] + turns.messages)
        #expect(try template.render(own, addGenerationPrompt: false).hasPrefix("<|im_start|>system\ns<|im_end|>"))
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
    func same(text: String) { #expect(of(text).known == .chatML, "\(text)") }

    @Test(
        "White space that Jinja writes, a literal's own, or other words make another template, which the interpreter renders",
        arguments: [
            chatML.replacingOccurrences(of: "['role'] + '\n'", with: "['role'] + ' '"),
            chatML.replacingOccurrences(of: "['role'] + '\n'", with: "['role'] + ''"),
            chatML.replacingOccurrences(of: "'\n'}}", with: "'\n\n'}}"),
            chatML.replacingOccurrences(of: "'<|im_end|>'", with: "' <|im_end|>'"),
            chatML.replacingOccurrences(of: "<|im_start|>assistant\n", with: "<|im_start|>assistant"),
            loop + " " + turn + end, loop + "\n\n" + turn + end, loop + "{%+ if true %}{% endif %}" + turn + end,
            chatML + " ", loop + turn, chatML.replacingOccurrences(of: "message['role']", with: "message.role"),
        ])
    func other(text: String) throws {
        let template = of(text)
        #expect(template.known == nil)
        let rendered = try template.render(turns, addGenerationPrompt: false)
        #expect(rendered.contains("<|im_start|>user") && rendered.contains("ho"))
    }

    @Test("What needs no interpreter is what the interpreter makes of the same template", arguments: ["", "s"])
    func known(system: String) throws {
        let messages = (system.isEmpty ? [] : [ChatMessage(role: "system", content: system)]) + turns.messages
        for known in [KnownTemplate.chatML, .smolLM2] {
            for asks in [true, false] {
                let rendered = try JinjaTemplate(source: known.source).render(
                    context: JSONObject([
                        ("messages", .array(messages.map { .object($0.fields) })),
                        ("add_generation_prompt", .bool(asks)),
                    ]))
                let template = known == .chatML ? ChatTemplate.chatML : .smolLM2
                #expect(try template.render(Conversation(messages), addGenerationPrompt: asks) == rendered.text)
            }
        }
    }

    @Test(
        "What is no Jinja is refused where it is used, with its place",
        arguments: ["{{", "{% for", "{{ 'a }}", "{% x %}"])
    func broken(text: String) throws {
        let error = #expect(throws: TokenizersError.self) { try of(text).render(turns, addGenerationPrompt: false) }
        #expect(error?.code == .unsupported)
        #expect(error?.message.contains("the test") == true && error?.message.contains("line 1") == true)
    }

    // MARK: Where templates stand

    /// A folder with the tiny base's weights, and these files.
    private func withBase(_ files: [String: String], _ body: (String) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let base = Fixtures.path("llama-tiny/base")
            for file in ["config.json", "model.safetensors", "tokenizer.json"] {
                try FileManager.default.copyItem(atPath: "\(base)/\(file)", toPath: "\(folder)/\(file)")
            }
            for (name, text) in files {
                let url = URL(fileURLWithPath: "\(folder)/\(name)")
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(text.utf8).write(to: url)
            }
            try body(folder)
        }
    }

    private func config(_ template: JSONValue) -> String {
        JSONText.document(.object(JSONObject([("chat_template", template)])))
    }

    private func entry(_ name: String, _ text: String) -> JSONValue {
        .object(JSONObject([("name", .string(name)), ("template", .string(text))]))
    }

    private func text(_ folder: String, _ choice: ChatTemplate.Choice = .standard) throws -> String? {
        try load(folder, choice)?.render(turns, addGenerationPrompt: false)
    }

    @Test("chat_template.jinja comes before tokenizer_config.json, and chat_template.json after both")
    func places() throws {
        let legacy = #"{"chat_template": "json"}"#
        let own = config(.string("config"))
        try withBase([:]) { folder in
            let template = try load(folder)
            #expect(template?.sha256 == nil)
        }
        try withBase(["chat_template.json": legacy]) { folder in
            let found = try text(folder)
            #expect(found == "json")
        }
        try withBase(["chat_template.json": legacy, "tokenizer_config.json": own]) { folder in
            let found = try text(folder)
            #expect(found == "config")
        }
        try withBase(["chat_template.jinja": "jinja", "tokenizer_config.json": own, "chat_template.json": legacy]) {
            folder in
            let found = try text(folder)
            #expect(found == "jinja")
        }
        try withBase(["tokenizer_config.json": config(.null)]) { folder in
            let template = try load(folder)
            #expect(template?.sha256 == nil)
        }
    }

    @Test("Of several templates the default is taken, with tools tool_use; any by its name or as a file")
    func several() throws {
        let list: JSONValue = .array([entry("default", "d"), entry("tool_use", "t"), entry("rag", "r")])
        let files = [
            "tokenizer_config.json": config(list), "additional_chat_templates/rag.jinja": "file",
            "additional_chat_templates/short.jinja": "s", "own.jinja": "own {{ bos_token }}",
        ]
        try withBase(files) { folder in
            let standard = try text(folder)
            #expect(standard == "d")
            #expect(try text(folder, .named("rag")) == "file")
            #expect(try text(folder, .named("short")) == "s")
            #expect(try text(folder, ChatTemplate.Choice("\(folder)/own.jinja")) == "own ")
            let tools = Conversation(turns.messages, tools: [.object(JSONObject([]))])
            #expect(try load(folder)?.render(tools, addGenerationPrompt: false) == "t")
            let error = #expect(throws: TokenizersError.self) { try load(folder, .named("none")) }
            #expect(error?.code == .missing && error?.cause?.contains("default, tool_use, rag, short") == true)
        }
    }

    @Test("Without a default, templates are refused by name where one is used")
    func noDefault() throws {
        try withBase(["tokenizer_config.json": config(.array([entry("tool_use", "t"), entry("rag", "")]))]) { folder in
            let template = try #require(try load(folder))
            let error = #expect(throws: TokenizersError.self) {
                try template.render(turns, addGenerationPrompt: false)
            }
            #expect(error?.cause == "There is tool_use, rag.")
            #expect(error?.advice?.contains("dataset.chat_template") == true)
        }
    }

    @Test("A file of templates that cannot be read is refused where a conversation is to be written, not before")
    func unreadable() throws {
        try withBase(["chat_template.json": "{\"chat_template\": ["]) { folder in
            let template = try #require(try load(folder))
            #expect(template.sha256 == nil)
            let error = #expect(throws: TokenizersError.self) {
                try template.render(turns, addGenerationPrompt: false)
            }
            #expect(error?.message.contains("chat_template.json") == true)
        }
    }

    @Test("Special tokens are variables by the names that files give them")
    func variables() throws {
        let tokens = #"{"bos_token": "<b>", "eos_token": {"content": "<e>"}, "image_token": "<i>", "pad_token": null, "#
        let template = #""chat_template": "{{ bos_token }}{{ eos_token }}{{ image_token }}{{ pad_token is defined }}"}"#
        try withBase(["tokenizer_config.json": tokens + template]) { folder in
            let found = try text(folder)
            #expect(found == "<b><e><i>False")
        }
    }

    @Test("A file that is meant, and a name that is")
    func choices() {
        #expect(ChatTemplate.Choice(nil) == .standard)
        #expect(ChatTemplate.Choice("tool_use") == .named("tool_use"))
        #expect(ChatTemplate.Choice("a.jinja") == .file("a.jinja"))
        #expect(ChatTemplate.Choice("data/template") == .file("data/template"))
    }
}
