import ModelFiles
import Tokenizers
import Transformers

extension TokenizerLoader {
    /// The tokenizer of a folder or a .gguf of a family that lorad knows.
    package static func load(path: String) throws -> any Tokenizer {
        try load(path: path, families: ModelFamilies.files)
    }

    /// The tokenizer of a folder of a family that lorad knows.
    package static func load(folder: String, reading: TokenizerReading = .current) throws -> any Tokenizer {
        try load(ModelFolder(folder), reading: reading)
    }
}
