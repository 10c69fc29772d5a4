import Tokenizers
import Transformers

/// chat_template.jinja: a program that is never run, but told by its shape.
package struct ChatTemplateTarget: FuzzTarget {
    package static let name = "chat-template"

    private static let turns = [
        ChatMessage(role: "system", content: "be {{ brief }}"), ChatMessage(role: "user", content: "hi {% raw %}"),
        ChatMessage(role: "assistant", content: "yes 'sir'"),
    ]

    private let folder: TokenizerFolder

    package init() throws { folder = try TokenizerFolder(fuzzing: "chat_template.jinja", beside: "tokenizer.json") }

    package func check(_ bytes: [UInt8]) throws {
        try folder.write(bytes)
        guard let template = try accepted({ try ChatTemplate.load(folder.base) }) else { return }
        guard let template else { throw FuzzViolation(message: "a template that is there was not found") }
        let rendered = try accepted { try template.render(Self.turns, addGenerationPrompt: true) }
        guard let segments = rendered else { return }
        // It is one of the known, and they write each turn as it stands, once.
        let text = segments.map(\.text).joined()
        var rest = text[...]
        for turn in Self.turns {
            guard let place = rest.firstRange(of: turn.content) else {
                throw FuzzViolation(message: "'\(turn.content)' is not in its place in '\(text)'")
            }
            rest = rest[place.upperBound...]
        }
        let trained = segments.filter(\.trained).map(\.text).joined()
        try require(trained == Self.turns[2].content + ChatTemplate.markers.end, "'\(trained)' is trained on")
    }
}
