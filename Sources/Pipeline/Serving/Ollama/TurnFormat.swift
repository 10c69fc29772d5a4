import Tokenizers

/// A way of writing conversations that is nothing but fixed text around each turn: what a template of Ollama's can say.
///
/// Whether a base's own template writes them so is not guessed from its words but rendered: see `writes(as:)`.
package struct TurnFormat: Sendable {
    struct Turn: Sendable {
        let before: String
        let after: String

        func text(_ content: String) -> String { before + content + after }
    }

    /// Where the system's message goes.
    enum System: Sendable {
        /// A turn of its own; a text that stands there where a conversation has none.
        case turn(Turn, standard: String?)
        /// In front of the first user's text, with this between them.
        case inUser(String)
        /// The template refuses conversations that have one.
        case refused
    }

    package let name: String
    let system: System
    let user: Turn
    let assistant: Turn
    /// What the assistant's next turn begins with.
    let opening: String

    /// A conversation as the format writes it, ending where the assistant is to speak; nil where it refuses it.
    package func render(_ messages: [ChatMessage]) -> String? {
        var text = ""
        var prefix = ""
        if case .turn(let turn, let standard?) = system, messages.first?.role != "system" {
            text += turn.text(standard)
        }
        for message in messages {
            switch (message.role, system) {
            case ("system", .turn(let turn, _)): text += turn.text(message.content)
            case ("system", .inUser(let separator)): prefix = message.content + separator
            case ("system", .refused): return nil
            case ("user", _):
                text += user.text(prefix + message.content)
                prefix = ""
            default: text += assistant.text(message.content)
            }
        }
        return text + opening
    }

    /// The format as a template of Ollama's, which is Go's text/template over the conversation's messages.
    /// https://docs.ollama.com/modelfile#template
    package var ollama: String {
        var (begin, systemTurn, userText) = ("", "", "{{ .Content }}")
        switch system {
        case .turn(let turn, let standard):
            systemTurn = "{{ if eq .Role \"system\" }}\(turn.text("{{ .Content }}")){{ end }}"
            begin = standard.map { "{{ if not .System }}\(turn.text($0)){{ end }}" } ?? ""
        case .inUser(let separator):
            begin = "{{ $system := .System }}"
            userText = "{{ if $system }}{{ $system }}\(separator){{ $system = \"\" }}{{ end }}{{ .Content }}"
        case .refused: break
        }
        let userTurn = "{{ if eq .Role \"user\" }}\(user.text(userText)){{ end }}"
        let assistantTurn = "{{ if eq .Role \"assistant\" }}\(assistant.text("{{ .Content }}")){{ end }}"
        return "\(begin){{ range .Messages }}\(systemTurn)\(userTurn)\(assistantTurn){{ end }}\(opening)"
    }

    /// The first of the known formats that writes conversations exactly as a base's template does, but for a
    /// beginning-of-text in front of all of them, which llama.cpp puts there itself; nil where none does.
    package static func matching(_ template: ChatTemplate, tokenizer: any Tokenizer) -> TurnFormat? {
        let rendered = probes.map { messages in
            try? template.render(Conversation(messages), addGenerationPrompt: true)
        }
        guard rendered.contains(where: { $0 != nil }) else { return nil }
        // The token may be what a format's turns begin with: then nothing stands in front of them.
        let beginning = tokenizer.bosTokenID.map { tokenizer.decode([$0], skipSpecial: false) } ?? ""
        let cut = rendered.map { $0.map { $0.hasPrefix(beginning) ? String($0.dropFirst(beginning.count)) : $0 } }
        return all.first { format in
            let own = probes.map(format.render)
            return own == rendered || own == cut
        }
    }

    /// With and without a system's message, of one turn and of several.
    private static let probes: [[ChatMessage]] = [
        [("user", "What is it?")], [("system", "Be brief."), ("user", "What is it?")],
        [("user", "What is it?"), ("assistant", "A test."), ("user", "Of what?\n\nSay it.")],
        [
            ("system", "Be brief."), ("user", "What is it?"), ("assistant", "A test."), ("user", "Why?"),
            ("assistant", "To see."), ("user", "What?"),
        ],
    ].map { $0.map { ChatMessage(role: $0.0, content: $0.1) } }
}
