import Tokenizers
import Transformers

/// tokenizer_config.json: roles of tokens and the chat template.
package struct TokenizerConfigurationTarget: FuzzTarget {
    package static let name = "tokenizer-configuration"

    private let folder: TokenizerFolder

    package init() throws {
        folder = try TokenizerFolder(fuzzing: "tokenizer_config.json", beside: "tokenizer.json")
    }

    package func check(_ bytes: [UInt8]) throws {
        try folder.check(bytes)
        guard let template = try accepted({ try ChatTemplate.load(folder.base) }) ?? nil else { return }
        let turns = [ChatMessage(role: "user", content: "hi")]
        guard let segments = try accepted({ try template.render(turns, addGenerationPrompt: true) }) else { return }
        try require(segments.contains { $0.text.contains("hi") }, "a message is not in the rendered conversation")
    }
}
