/// A template that is rendered without the interpreter, and whose turns are known without a search: bases of them were
/// trained on before there was one, and their jobs give the same tokens still.
package enum KnownTemplate: Sendable, Equatable {
    case chatML
    /// ChatML with SmolLM2's own system message where a conversation has none.
    case smolLM2

    /// What stands around a turn; as text in one, it ends or begins a turn of its own.
    package static let markers = (start: "<|im_start|>", end: "<|im_end|>")

    /// What a conversation without a system's message begins with.
    package static let smolLM2System = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"

    /// Tells a template by its shape; nil for any other.
    init?(_ source: String) {
        switch TemplateShape(source) {
        case nil: return nil
        case Self.shapes.chatML: self = .chatML
        case Self.shapes.smolLM2: self = .smolLM2
        default: return nil
        }
    }

    private static let shapes = (
        chatML: TemplateShape(KnownTemplate.chatML.source), smolLM2: TemplateShape(KnownTemplate.smolLM2.source)
    )

    /// The template in Jinja.
    package var source: String {
        let system = #"'<|im_start|>system\n\#(Self.smolLM2System)<|im_end|>\n'"#
        let defaultSystem = "{% if loop.first and messages[0]['role'] != 'system' %}{{ \(system) }}{% endif %}"
        let turn = #"'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'"#
        return "{% for message in messages %}" + (self == .smolLM2 ? defaultSystem : "") + "{{ \(turn) }}{% endfor %}"
            + #"{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"#
    }

    /// The text, and of each message where its content stands with the marker that ends it.
    ///
    /// - Throws: `TokenizersError.unsupported` for calls of tools, which these templates leave out.
    func render(_ messages: [ChatMessage], addGenerationPrompt: Bool) throws(TokenizersError) -> RenderedConversation {
        var text = ""
        var turns: [Int: Range<Int>] = [:]
        let (start, end) = Self.markers
        if self == .smolLM2, let first = messages.first, first.role != "system" {
            text += "\(start)system\n\(Self.smolLM2System)\(end)\n"
        }
        for (index, message) in messages.enumerated() {
            guard message.toolCalls.isEmpty else { throw ChatTemplate.leavesOutCalls(of: index) }
            text += "\(start)\(message.role)\n"
            let begin = text.utf8.count
            text += "\(message.content)\(end)"
            turns[index] = begin..<text.utf8.count
            text += "\n"
        }
        if addGenerationPrompt { text += "\(start)assistant\n" }
        return RenderedConversation(text: text, turns: turns)
    }
}

/// A conversation as its template writes it.
struct RenderedConversation: Sendable, Equatable {
    var text: String
    /// Where turns stand in it, by the places of their messages: bytes of UTF-8 from the turn's first to its last, its end
    /// token included.
    var turns: [Int: Range<Int>]
}
