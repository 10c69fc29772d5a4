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
        guard let tokenizer = try accepted({ try TokenizerLoader.load(folder.base) }),
            let template = try accepted({ try ChatTemplate.load(folder.base, tokenizer: tokenizer) }) ?? nil
        else { return }
        let turns = Conversation([ChatMessage(role: "user", content: "hi")])
        guard let text = try accepted({ try template.render(turns, addGenerationPrompt: true) }) else { return }
        try require(template.known == nil || text.contains("hi"), "a message is not in the rendered conversation")
    }
}
