import Tokenizers
import Transformers

/// chat_template.jinja: a program that is run within bounds, or told by its shape.
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
        guard let tokenizer = try accepted({ try TokenizerLoader.load(folder.base) }),
            let found = try accepted({ try ChatTemplate.load(folder.base, tokenizer: tokenizer) })
        else { return }
        guard let template = found else { throw FuzzViolation(message: "a template that is there was not found") }
        let tokens = try accepted {
            try ConversationTokens(Conversation(Self.turns), template: template, tokenizer: tokenizer)
        }
        guard let tokens else { return }
        try require(tokens.trained.allSatisfy(tokens.ids.indices.contains), "a trained token is none of the ids")
        try require(zip(tokens.trained, tokens.trained.dropFirst()).allSatisfy(<), "trained tokens are not in order")
        if template.known != nil { try checkKnown(tokens, tokenizer) }
    }

    /// The known templates write each turn as it stands, once.
    private func checkKnown(_ tokens: ConversationTokens, _ tokenizer: any Tokenizer) throws {
        var rest = tokens.text[...]
        for turn in Self.turns {
            guard let place = rest.firstRange(of: turn.content) else {
                throw FuzzViolation(message: "'\(turn.content)' is not in its place in '\(tokens.text)'")
            }
            rest = rest[place.upperBound...]
        }
        let trained = tokenizer.decode(tokens.trained.map { tokens.ids[$0] }, skipSpecial: false)
        try require(trained == Self.turns[2].content + KnownTemplate.markers.end, "'\(trained)' is trained on")
    }
}
