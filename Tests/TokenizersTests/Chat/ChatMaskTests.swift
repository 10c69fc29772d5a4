import Common
import Foundation
import ModelFiles
import TestSupport
import Testing
import Tokenizers
import Transformers

/// Conversations by templates in the style of six families, against `scripts/reference/chat_masks.py`.
@Suite("Trained tokens of conversations against transformers' assistant mask")
struct ChatMaskTests {
    static let families = ["llama3", "qwen3", "gemma3", "phi3", "mistral", "deepseek"]

    private struct Case {
        let conversation: Conversation
        let hasSystem: Bool
        let thinks: Bool
        let hasParts: Bool
        let hasCalls: Bool
        /// What transformers made of it.
        let expected: JSONValue
    }

    private func cases(_ family: String) throws -> [Case] {
        let goldens = try Fixtures.json("chat/goldens.json")
        let conversations = try #require(goldens["conversations"]?.arrayValue)
        let entries = try #require(goldens["entries"]?[family]?.arrayValue)
        try #require(conversations.count == 19 && entries.count == 19)
        return try zip(conversations, entries).map { row, expected in
            let messages = try #require(row["messages"])
            return Case(
                conversation: try Conversation(messages: messages, tools: row["tools"]),
                hasSystem: messages.arrayValue?.first?["role"]?.stringValue == "system",
                thinks: messages.arrayValue?.contains {
                    $0["content"]?.stringValue?.contains("<think>") == true
                } == true,
                hasParts: messages.arrayValue?.contains { $0["content"]?.arrayValue != nil } == true,
                hasCalls: messages.arrayValue?.contains { $0["tool_calls"] != nil } == true, expected: expected)
        }
    }

    private func tokenizer(_ family: String) throws -> any Tokenizer {
        try TokenizerLoader.load(path: Fixtures.path("chat/\(family)"), families: ModelFamilies.files)
    }

    private func template(_ family: String, _ name: String, _ tokenizer: any Tokenizer) throws -> ChatTemplate {
        let text = try String(contentsOfFile: Fixtures.path("chat/\(family)/\(name).jinja"), encoding: .utf8)
        return ChatTemplate.of(text, place: name, tokenizer: tokenizer)
    }

    @Test(
        "The base's own template writes the same text, and the same where the assistant is to speak",
        arguments: families)
    func texts(family: String) throws {
        let tokenizer = try tokenizer(family)
        let template = try #require(
            try ChatTemplate.load(
                path: Fixtures.path("chat/\(family)"), families: ModelFamilies.files, tokenizer: tokenizer))
        let plain = try String(contentsOfFile: Fixtures.path("chat/\(family)/plain.jinja"), encoding: .utf8)
        #expect(template.sha256 == ContentHash.ofBytes(Data(plain.utf8)))
        let written = try cases(family).filter { $0.expected["text"] != nil && isWritten($0, family) }
        try #require(written.count >= 12)
        for one in written {
            #expect(
                try template.render(one.conversation, addGenerationPrompt: false) == one.expected["text"]?.stringValue)
            #expect(
                try template.render(one.conversation, addGenerationPrompt: true) == one.expected["prompt"]?.stringValue)
        }
    }

    /// Whether lorad writes what transformers does: neither turns without their calls, nor a list of parts as Python
    /// spells it, by a template that reads no lists.
    private func isWritten(_ one: Case, _ family: String) -> Bool {
        !leavesOutCalls(one, family) && (!one.hasParts || family == "gemma3")
    }

    /// Whether a template that has no marks lets the turns of the conversation be found, and as its marks would say. Mistral's
    /// writes a system message only while the user has the last word; DeepSeek's begins the thought for the assistant.
    private func isFound(_ one: Case, _ family: String) -> Bool {
        !(family == "mistral" && one.hasSystem) && !(family == "deepseek" && one.thinks)
    }

    /// Templates that write a turn without the tools that it calls.
    private func leavesOutCalls(_ one: Case, _ family: String) -> Bool {
        one.hasCalls && ["phi3", "gemma3", "mistral", "deepseek"].contains(family)
    }

    @Test(
        "By the template's own marks, and by its beginnings where it has none: the same tokens",
        arguments: families, ["marked", "plain"])
    func masks(family: String, name: String) throws {
        let tokenizer = try tokenizer(family)
        let template = try template(family, name, tokenizer)
        var compared = 0
        for one in try cases(family)
        where one.expected["ids"] != nil && isWritten(one, family) && (name == "marked" || isFound(one, family)) {
            let tokens = try ConversationTokens(one.conversation, template: template, tokenizer: tokenizer)
            let shown = one.expected["text"]?.stringValue?.debugDescription ?? ""
            #expect(try tokens.ids == goldenIntegers(one.expected["ids"]), "\(shown)")
            let trained = try goldenIntegers(one.expected["trained"])
            #expect(tokens.trained == trained, "\(shown) trains \(text(tokens, tokenizer).debugDescription)")
            compared += 1
        }
        #expect(compared >= 10)
    }

    private func text(_ tokens: ConversationTokens, _ tokenizer: any Tokenizer) -> String {
        tokenizer.decode(tokens.trained.map { tokens.ids[$0] }, skipSpecial: false)
    }

    @Test(
        "What transformers' templates refuse is refused, and a turn is not written without its calls",
        arguments: families)
    func refusals(family: String) throws {
        let tokenizer = try tokenizer(family)
        let template = try template(family, "plain", tokenizer)
        for one in try cases(family) {
            let isRefused = one.expected["refused"] != nil && !one.hasParts
            guard isRefused || leavesOutCalls(one, family) else { continue }
            let error = #expect(throws: TokenizersError.self) {
                try ConversationTokens(one.conversation, template: template, tokenizer: tokenizer)
            }
            #expect(error?.advice != nil)
        }
    }

    @Test("Turns that a template writes in another way once others follow are refused, those found elsewhere are not")
    func unfound() throws {
        let tokenizer = try tokenizer("mistral")
        let template = try template("mistral", "plain", tokenizer)
        let systems = try cases("mistral").filter { $0.hasSystem && $0.expected["ids"] != nil }
        try #require(systems.count == 2)
        for one in systems {
            let error = #expect(throws: TokenizersError.self) {
                try ConversationTokens(one.conversation, template: template, tokenizer: tokenizer)
            }
            #expect(error?.code == .unsupported && error?.message.contains("cannot be found") == true)
        }
    }

    /// The tokens of a question and an answer by the template in Qwen 3's style, unmarked.
    private func tokens(
        answer: String, then more: String = "", _ options: ConversationOptions = ConversationOptions()
    ) throws -> ConversationTokens {
        let tokenizer = try tokenizer("qwen3")
        let messages = "[{\"role\": \"user\", \"content\": \"rain?\"}, {\"role\": \"assistant\", \(answer)}\(more)]"
        return try ConversationTokens(
            Conversation(messages: try JSONReader.parse(messages, name: "messages"), tools: nil),
            template: template("qwen3", "plain", tokenizer), tokenizer: tokenizer, options: options)
    }

    @Test("A turn that only calls a tool is found, whether its content is empty, null or absent")
    func silentCall() throws {
        let call = #""tool_calls": [{"type": "function", "function": {"name": "weather", "arguments": {}}}]"#
        let more = #", {"role": "tool", "content": "dry"}, {"role": "assistant", "content": "no"}"#
        let empty = try tokens(answer: #""content": "", "# + call, then: more)
        let trained = text(empty, try tokenizer("qwen3"))
        #expect(trained.hasPrefix("<tool_call>weather {}</tool_call><|im_end|>"), "\(trained)")
        for content in ["", #""content": null, "#] {
            #expect(try tokens(answer: content + call, then: more) == empty)
        }
    }

    @Test("Reasoning is written under whichever name a row has it; of several the standard one, as transformers has it")
    func reasoningNames() throws {
        let written = try tokens(answer: #""content": "no", "reasoning_content": "dry""#)
        #expect(written.text.contains("<think>\ndry\n</think>"))
        for name in ["reasoning", "thinking"] {
            #expect(try tokens(answer: "\"content\": \"no\", \"\(name)\": \"dry\"") == written)
        }
        let both = #""content": "no", "reasoning": "wet", "thinking": null, "reasoning_content": "dry""#
        #expect(try tokens(answer: both) == written)
        // Manifests of version 1 keep the tokens that they had.
        let version1 = ConversationOptions(aliasesReasoning: false)
        #expect(try tokens(answer: #""content": "no", "reasoning_content": "dry""#, version1) == written)
        for name in ["reasoning", "thinking"] {
            #expect(try !tokens(answer: "\"content\": \"no\", \"\(name)\": \"dry\"", version1).text.contains("dry"))
        }
    }

    @Test("Where the template begins the thought, the thought's own words are the first that are trained")
    func begunThought() throws {
        let tokenizer = try tokenizer("deepseek")
        let template = try template("deepseek", "plain", tokenizer)
        let thinking = try cases("deepseek").filter(\.thinks)
        try #require(thinking.count == 2)
        let texts = try thinking.map { one in
            text(try ConversationTokens(one.conversation, template: template, tokenizer: tokenizer), tokenizer)
        }
        #expect(texts == ["hm\n</think>\n\nme<EOS>", "\n\nme<EOS>well\n</think>\n\nyes<EOS>"])
    }

    @Test("Parts of text are joined for a template that reads texts alone", arguments: ["phi3", "qwen3"])
    func parts(family: String) throws {
        let tokenizer = try tokenizer(family)
        let template = try template(family, "plain", tokenizer)
        func message(_ content: String) throws -> ChatMessage {
            let json = #"[{"role": "user", "content": \#(content)}]"#
            return try ChatMessage.conversation(JSONReader.parse(json, name: "test"))[0]
        }
        let parts = try message(#"[{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]"#)
        let text = try message(#""one\ntwo""#)
        #expect(
            try template.render(Conversation([parts]), addGenerationPrompt: true)
                == template.render(Conversation([text]), addGenerationPrompt: true))
    }
}

/// What is trained, said by hand.
@Suite("What of a conversation is trained")
struct ConversationOptionsTests {
    private let turns = [
        ChatMessage(role: "user", content: "a?"), ChatMessage(role: "assistant", content: "b"),
        ChatMessage(role: "user", content: "c?"), ChatMessage(role: "assistant", content: "d"),
    ]

    private func trained(
        _ messages: [ChatMessage], _ options: ConversationOptions, _ family: String = "llama3"
    ) throws -> String {
        let folder = Fixtures.path("chat/\(family)")
        let tokenizer = try TokenizerLoader.load(path: folder, families: ModelFamilies.files)
        let template = try #require(
            try ChatTemplate.load(path: folder, families: ModelFamilies.files, tokenizer: tokenizer))
        let tokens = try ConversationTokens(
            Conversation(messages), template: template, tokenizer: tokenizer, options: options)
        return tokenizer.decode(tokens.trained.map { tokens.ids[$0] }, skipSpecial: false)
    }

    private func marked(_ marks: [Bool?]) -> [ChatMessage] {
        zip(turns, marks).map { ChatMessage(role: $0.role, content: $0.content, isTrained: $1) }
    }

    @Test("The assistant's turns, the last of them, or everything; marks win")
    func turnsTrained() throws {
        let last = ConversationOptions(turns: .last)
        let all = ConversationOptions(turns: .all)
        #expect(try trained(turns, ConversationOptions()) == "b<|eot_id|>d<|eot_id|>")
        #expect(try trained(marked([nil, false, nil, nil]), ConversationOptions()) == "d<|eot_id|>")
        #expect(try trained(turns, last) == "d<|eot_id|>")
        #expect(try trained(marked([nil, true, nil, nil]), last) == "b<|eot_id|>d<|eot_id|>")
        #expect(try trained(marked([nil, nil, nil, false]), last) == "")
        let header = { (role: String) in "<|start_header_id|>\(role)<|end_header_id|>\n\n" }
        #expect(
            try trained(turns, all)
                == "<|begin_of_text|>\(header("user"))a?<|eot_id|>\(header("assistant"))b<|eot_id|>"
                + "\(header("user"))c?<|eot_id|>\(header("assistant"))d<|eot_id|>")
        #expect(
            try trained(marked([nil, false, nil, nil]), all)
                == "<|begin_of_text|>\(header("user"))a?<|eot_id|>\(header("assistant"))"
                + "\(header("user"))c?<|eot_id|>\(header("assistant"))d<|eot_id|>")
    }

    @Test("Reasoning is trained as the template writes it, masked, or taken out", arguments: [true, false])
    func reasoning(inField: Bool) throws {
        let answer =
            inField
            ? #"{"role": "assistant", "reasoning_content": "hm", "content": "yes"}"#
            : #"{"role": "assistant", "content": "<think>\nhm\n</think>\n\nyes"}"#
        let json = #"[{"role": "user", "content": "q"}, \#(answer)]"#
        let messages = try ChatMessage.conversation(JSONReader.parse(json, name: "test"))
        func trained(_ reasoning: ConversationOptions.Reasoning) throws -> String {
            try self.trained(messages, ConversationOptions(reasoning: reasoning), inField ? "qwen3" : "llama3")
        }
        let end = inField ? "<|im_end|>" : "<|eot_id|>"
        #expect(try trained(.asTemplate) == "<think>\nhm\n</think>\n\nyes\(end)")
        #expect(try trained(.mask) == "\n\nyes\(end)")
        // Qwen 3's template writes an empty thought where there is none.
        #expect(try trained(.drop) == (inField ? "<think>\n\n</think>\n\nyes\(end)" : "yes\(end)"))
    }

    @Test("A template that does not let turns be found is refused with what to set")
    func notFound() throws {
        let tokenizer = try TokenizerLoader.load(path: Fixtures.path("chat/phi3"), families: ModelFamilies.files)
        // The newest message first.
        let template = ChatTemplate.of(
            "{% for message in messages | reverse %}{{ message.role + ':' + message.content }}{% endfor %}",
            place: "test", tokenizer: tokenizer)
        let error = #expect(throws: TokenizersError.self) {
            try ConversationTokens(Conversation(turns), template: template, tokenizer: tokenizer)
        }
        #expect(error?.code == .unsupported)
        #expect(error?.message.contains("message 2") == true)
        #expect(error?.advice?.contains("dataset.train_on: last") == true)
    }

    @Test("Marks that do not stand for one turn each are refused")
    func unequalMarks() throws {
        let tokenizer = try TokenizerLoader.load(path: Fixtures.path("chat/phi3"), families: ModelFamilies.files)
        let template = ChatTemplate.of(
            "{% generation %}{% for message in messages %}{{ message.content }}{% endfor %}{% endgeneration %}",
            place: "test", tokenizer: tokenizer)
        let error = #expect(throws: TokenizersError.self) {
            try ConversationTokens(Conversation(turns), template: template, tokenizer: tokenizer)
        }
        #expect(error?.cause?.contains("1 stretches by {% generation %} for 2 turns") == true)
    }

    @Test("A template that asks for the date writes the one that is stated, and is refused without")
    func date() throws {
        let tokenizer = try TokenizerLoader.load(path: Fixtures.path("chat/phi3"), families: ModelFamilies.files)
        let text = "{{ strftime_now('%d %b %Y') }}{{ messages[0].content }}"
        let conversation = Conversation([ChatMessage(role: "user", content: "!")])
        let now = CalendarDay("2026-11-29").flatMap { JinjaClock($0) }
        let dated = ChatTemplate.of(text, place: "test", tokenizer: tokenizer, now: now)
        #expect(try dated.render(conversation, addGenerationPrompt: false) == "29 Nov 2026!")
        let error = #expect(throws: TokenizersError.self) {
            try ChatTemplate.of(text, place: "test", tokenizer: tokenizer).render(
                conversation, addGenerationPrompt: false)
        }
        #expect(error?.advice?.contains("dataset.chat_date") == true)
    }
}
