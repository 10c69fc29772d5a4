import ModelFiles
import Tokenizers
import Transformers

/// A tiny model's folder with a tokenizer, one of whose files is written anew for every input.
struct TokenizerFolder {
    let base: BaseModelFiles
    private let scratch: ScratchFolder
    private let file: String

    /// - Parameters:
    ///   - file: the one that is written anew.
    ///   - others: the tokenizer's other files, as they should be.
    init(fuzzing file: String, beside others: String...) throws {
        self.file = file
        scratch = try ScratchFolder()
        try scratch.copy("modelfiles/llama/config.json", as: "config.json")
        try scratch.copy("modelfiles/llama/model.safetensors", as: "model.safetensors")
        for other in others { try scratch.copy("llama-tiny/base/\(other)", as: other) }
        base = try BaseModelFiles(path: scratch.path)
    }

    /// Writes the file.
    func write(_ bytes: [UInt8]) throws { try scratch.write(bytes, as: file) }

    /// Writes the file, and checks the tokenizer where it loads.
    func check(_ bytes: [UInt8]) throws {
        try write(bytes)
        if let tokenizer = try accepted({ try TokenizerLoader.load(base) }) { try TokenizerChecks.run(tokenizer) }
    }
}
