import ModelFiles
import Tokenizers

/// tokenizer.json of a Hugging Face folder.
package struct TokenizerTarget: FuzzTarget {
    package static let name = "tokenizer"

    private let scratch: ScratchFolder
    private let base: BaseModelFiles

    package init() throws {
        scratch = try ScratchFolder()
        try scratch.copy("modelfiles/llama/config.json", as: "config.json")
        try scratch.copy("modelfiles/llama/model.safetensors", as: "model.safetensors")
        try scratch.copy("llama-tiny/base/tokenizer_config.json", as: "tokenizer_config.json")
        base = try BaseModelFiles(path: scratch.path)
    }

    package func check(_ bytes: [UInt8]) throws {
        try scratch.write(bytes, as: "tokenizer.json")
        if let tokenizer = try accepted({ try TokenizerLoader.load(base) }) { try TokenizerChecks.run(tokenizer) }
    }
}
