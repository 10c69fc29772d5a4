import ModelFiles
import Tokenizers

/// tokenizer_config.json: roles of tokens and the chat template.
package struct TokenizerConfigurationTarget: FuzzTarget {
    package static let name = "tokenizer-configuration"

    private let scratch: ScratchFolder
    private let base: BaseModelFiles

    package init() throws {
        scratch = try ScratchFolder()
        try scratch.copy("modelfiles/llama/config.json", as: "config.json")
        try scratch.copy("modelfiles/llama/model.safetensors", as: "model.safetensors")
        try scratch.copy("llama-tiny/base/tokenizer.json", as: "tokenizer.json")
        base = try BaseModelFiles(path: scratch.path)
    }

    package func check(_ bytes: [UInt8]) throws {
        try scratch.write(bytes, as: "tokenizer_config.json")
        if let tokenizer = try accepted({ try TokenizerLoader.load(base) }) { try TokenizerChecks.run(tokenizer) }
        guard let template = try accepted({ try ChatTemplate.load(base) }) ?? nil else { return }
        let segments = template.render([ChatMessage(role: "user", content: "hi")], addGenerationPrompt: true)
        try require(segments.contains { $0.text.contains("hi") }, "a message is not in the rendered conversation")
    }
}
