import Foundation
import ModelFiles
import Pipeline
import TestSupport
import Testing
import Tokenizers

@Suite("Chat templates in Ollama's words")
struct TurnFormatTests {
    /// What Go's text/template makes of the formats; `scripts/reference/ollama_templates.py`.
    private static let goldens = (try? Fixtures.json("ollama-templates/rendered.json").arrayValue) ?? []

    private func messages(_ value: JSONValue) throws -> [ChatMessage] {
        try #require(value.arrayValue).map {
            ChatMessage(
                role: try #require($0["role"]?.stringValue), content: try #require($0["content"]?.stringValue))
        }
    }

    @Test("The fixture holds every format as lorad writes it")
    func all() throws {
        for (golden, format) in try paired(Self.goldens, TurnFormat.all) {
            #expect(golden["template"]?.stringValue == format.ollama, "\(format.name)")
        }
    }

    @Test("Go renders each as lorad says that the format is")
    func rendered() throws {
        for (golden, format) in try paired(Self.goldens, TurnFormat.all) {
            let rows = try #require(golden["rendered"]?.arrayValue)
            #expect(rows.count == 5)
            for row in rows {
                let messages = try messages(try #require(row["messages"]))
                guard let text = format.render(messages) else {
                    // Ollama leaves out what the format has no place for.
                    #expect(messages.contains { $0.role == "system" })
                    continue
                }
                #expect(row["text"]?.stringValue == text, "\(format.name)")
            }
        }
    }

    /// Templates as bases of these families have them, written again in a few words.
    private static let templates: [(name: String, source: String)] = [
        (
            "ChatML",
            "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
                + "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
        ),
        (
            "Llama 3",
            "{{ bos_token }}{% for m in messages %}<|start_header_id|>{{ m['role'] }}<|end_header_id|>\n\n"
                + "{{ m['content'] | trim }}<|eot_id|>{% endfor %}"
                + "{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}"
        ),
        (
            "Gemma",
            "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system') }}{% endif %}"
                + "{% for m in messages %}<start_of_turn>{{ 'model' if m['role'] == 'assistant' else m['role'] }}\n"
                + "{{ m['content'] | trim }}<end_of_turn>\n{% endfor %}"
                + "{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}"
        ),
        (
            "Phi 3",
            "{% for m in messages %}<|{{ m['role'] }}|>\n{{ m['content'] }}<|end|>\n{% endfor %}"
                + "{% if add_generation_prompt %}<|assistant|>\n{% endif %}"
        ),
        (
            "Mistral",
            "{{ bos_token }}{% for m in messages %}{% if m['role'] == 'system' %}{{ raise_exception('none') }}"
                + "{% elif m['role'] == 'user' %}[INST] {{ m['content'] }} [/INST]{% else %}{{ m['content'] }}</s>{% endif %}"
                + "{% endfor %}"
        ),
    ]

    private func format(_ source: String) throws -> TurnFormat? {
        let tokenizer = try TokenizerLoader.load(BaseModelFiles(path: Fixtures.path("llama-tiny/base")))
        return TurnFormat.matching(
            ChatTemplate.of(source, place: "test", tokenizer: tokenizer), tokenizer: tokenizer)
    }

    @Test("A template is known by what it renders, its beginning of text apart")
    func known() throws {
        for (name, source) in Self.templates { #expect(try format(source)?.name == name) }
        let gemma3 =
            "{{ bos_token }}{% set ns = namespace(s='') %}{% for m in messages %}{% if m['role'] == 'system' %}"
            + "{% set ns.s = m['content'] + '\n\n' %}{% else %}"
            + "<start_of_turn>{{ 'model' if m['role'] == 'assistant' else m['role'] }}\n"
            + "{{ ns.s if m['role'] == 'user' }}{{ m['content'] }}<end_of_turn>\n"
            + "{% if m['role'] == 'user' %}{% set ns.s = '' %}{% endif %}{% endif %}{% endfor %}{{ '<start_of_turn>model\n' }}"
        #expect(try format(gemma3)?.name == "Gemma")
        let tokenizer = try TokenizerLoader.load(BaseModelFiles(path: Fixtures.path("llama-tiny/base")))
        let smolLM2 = try #require(TurnFormat.matching(.smolLM2, tokenizer: tokenizer))
        #expect(smolLM2.ollama.contains("{{ if not .System }}"))
    }

    @Test("A template that adds anything, or cannot be rendered, is none of them")
    func unknown() throws {
        for (_, source) in Self.templates {
            #expect(try format(source + "x") == nil)
            #expect(try format("Today: " + source) == nil)
        }
        #expect(try format("{{ raise_exception('never') }}") == nil)
        #expect(try format("{% for %}") == nil)
    }
}
