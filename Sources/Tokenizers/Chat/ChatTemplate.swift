import Foundation
import ModelFiles

/// How a base wants conversations written, one of a fixed set: templates are programs, and a manifest's base should not
/// bring programs along.
package enum ChatTemplate: String, Sendable, CaseIterable {
    case chatML = "ChatML"
    /// ChatML with SmolLM2's own system message where a conversation has none.
    case smolLM2 = "SmolLM2"

    /// A stretch of a rendered conversation; `trained` where the assistant speaks, its end marker included.
    package struct Segment: Sendable, Equatable {
        package let text: String
        package let trained: Bool
    }

    private static let longestTemplate = 1 << 20
    private static let smolLM2System = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"

    /// The base's template; nil where it names none.
    ///
    /// - Throws: `TokenizersError.unsupported` where its template is not one of the known.
    package static func load(_ base: BaseModelFiles) throws -> ChatTemplate? {
        guard let text = try text(base) else { return nil }
        return try recognise(text, source: base.path)
    }

    /// Tells a template by what it writes and the loops and conditions it uses.
    static func recognise(_ text: String, source: String) throws -> ChatTemplate {
        let plain = text.filter { !$0.isWhitespace }.replacingOccurrences(of: "\\n", with: "")
        let turns = "{{'<|im_start|>'+message['role']+''+message['content']+'<|im_end|>'+''}}{%endfor%}"
        let end = "{%ifadd_generation_prompt%}{{'<|im_start|>assistant'}}{%endif%}"
        let loop = "{%formessageinmessages%}"
        let system = smolLM2System.filter { !$0.isWhitespace }
        let defaultSystem =
            "{%ifloop.firstandmessages[0]['role']!='system'%}{{'<|im_start|>system\(system)<|im_end|>'}}{%endif%}"
        switch plain {
        case loop + turns + end: return .chatML
        case loop + defaultSystem + turns + end: return .smolLM2
        default:
            throw TokenizersError(
                .unsupported, "The chat template of \(source) is not one that lorad knows.",
                advice: "Known templates: \(allCases.map(\.rawValue).joined(separator: ", ")). "
                    + "Write prompts and completions with the markers spelled out instead of messages.")
        }
    }

    /// The template's source, where the base has one.
    static func text(_ base: BaseModelFiles) throws -> String? {
        if let gguf = base.gguf { return gguf.metadata["tokenizer.chat_template"]?.stringValue }
        let file = base.path + "/chat_template.jinja"
        if FileManager.default.fileExists(atPath: file) {
            return String(decoding: try RegularFile.read(file, limit: longestTemplate), as: UTF8.self)
        }
        let config = base.path + "/tokenizer_config.json"
        guard FileManager.default.fileExists(atPath: config) else { return nil }
        guard let template = try JSONReader.parse(file: config)["chat_template"], !template.isNull else { return nil }
        guard let text = template.stringValue else {
            throw TokenizersError(.unsupported, "\(config) holds several chat templates; lorad reads a single one.")
        }
        return text
    }

    /// The conversation in order. With `addGenerationPrompt` it ends where the assistant is to speak.
    package func render(_ messages: [ChatMessage], addGenerationPrompt: Bool) -> [Segment] {
        var segments: [Segment] = []
        if self == .smolLM2, let first = messages.first, first.role != "system" {
            segments.append(Segment(text: "<|im_start|>system\n\(Self.smolLM2System)<|im_end|>\n", trained: false))
        }
        for message in messages {
            segments.append(Segment(text: "<|im_start|>\(message.role)\n", trained: false))
            segments.append(Segment(text: "\(message.content)<|im_end|>", trained: message.role == "assistant"))
            segments.append(Segment(text: "\n", trained: false))
        }
        if addGenerationPrompt { segments.append(Segment(text: "<|im_start|>assistant\n", trained: false)) }
        return segments
    }
}
