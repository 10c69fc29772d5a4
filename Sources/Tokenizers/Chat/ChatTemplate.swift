import Foundation
import ModelFiles

/// How a base wants conversations written, one of a fixed set: templates are programs, and a manifest's base should not
/// bring programs along.
///
/// A base may have a template that is not among them and is never asked for, so that it is refused where it is used.
package struct ChatTemplate: Sendable, Equatable {
    private enum Form: Equatable {
        case chatML
        /// ChatML with SmolLM2's own system message where a conversation has none.
        case smolLM2
        case refused(TokenizersError)
    }

    private let form: Form

    package static let chatML = ChatTemplate(form: .chatML)
    package static let smolLM2 = ChatTemplate(form: .smolLM2)

    /// A stretch of a rendered conversation; `trained` where the assistant speaks, its end marker included.
    package struct Segment: Sendable, Equatable {
        package let text: String
        package let trained: Bool
    }

    /// What the known templates put around a turn; as text in one, it ends or begins a turn of its own.
    package static let markers = (start: "<|im_start|>", end: "<|im_end|>")

    private static let smolLM2System = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"

    /// The base's template; nil where it names none. One that is not among the known throws when it is to render.
    ///
    /// - Throws: `ModelFilesError` where a file that may hold one cannot be read.
    package static func load(_ base: BaseModelFiles) throws -> ChatTemplate? {
        do {
            guard let (text, place) = try TemplateSource.find(base) else { return nil }
            return recognise(text, place: place)
        } catch let error as TokenizersError { return ChatTemplate(form: .refused(error)) }
    }

    /// Tells a template by its shape.
    ///
    /// - Parameter place: where it stands, for messages.
    package static func recognise(_ text: String, place: String) -> ChatTemplate {
        switch TemplateShape(text) {
        case nil: break
        case shapes.chatML: return chatML
        case shapes.smolLM2: return smolLM2
        default: break
        }
        // Line ends are spelled, for they may be what makes it another.
        let begin = String(text.prefix(100)).replacingOccurrences(of: "\n", with: "\\n")
        return ChatTemplate(
            form: .refused(
                TokenizersError(
                    .unsupported, "The chat template of \(place) is not one that lorad knows.",
                    cause: "It begins: \(begin)\(text.count > 100 ? "…" : "")",
                    advice: "Known are ChatML and SmolLM2's, to the letter. Write rows of prompt and completion "
                        + "with the template's markers spelled out instead of messages.")))
    }

    private static let shapes = (
        chatML: TemplateShape(source(smolLM2: false)), smolLM2: TemplateShape(source(smolLM2: true))
    )

    private static func source(smolLM2: Bool) -> String {
        let system = #"'<|im_start|>system\n\#(smolLM2System)<|im_end|>\n'"#
        let defaultSystem = "{% if loop.first and messages[0]['role'] != 'system' %}{{ \(system) }}{% endif %}"
        let turn = #"'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'"#
        return "{% for message in messages %}" + (smolLM2 ? defaultSystem : "") + "{{ \(turn) }}{% endfor %}"
            + #"{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"#
    }

    /// The conversation in order. With `addGenerationPrompt` it ends where the assistant is to speak.
    ///
    /// - Throws: `TokenizersError.unsupported` for a template that is not among the known.
    package func render(_ messages: [ChatMessage], addGenerationPrompt: Bool) throws -> [Segment] {
        if case .refused(let error) = form { throw error }
        var segments: [Segment] = []
        func append(_ text: String, trained: Bool = false) { segments.append(Segment(text: text, trained: trained)) }
        let (start, end) = Self.markers
        if form == .smolLM2, let first = messages.first, first.role != "system" {
            append("\(start)system\n\(Self.smolLM2System)\(end)\n")
        }
        for message in messages {
            append("\(start)\(message.role)\n")
            append("\(message.content)\(end)", trained: message.isTrained)
            append("\n")
        }
        if addGenerationPrompt { append("\(start)assistant\n") }
        return segments
    }
}
