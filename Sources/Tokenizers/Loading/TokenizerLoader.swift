import ModelFiles

/// Loads the tokenizer that belongs to a base.
package enum TokenizerLoader {
    /// - Parameter base: a Hugging Face folder with tokenizer.json, or a .gguf that carries its vocabulary.
    /// - Throws: `ModelFilesError` where files are missing or damaged, `TokenizersError.unsupported` or `.malformed`.
    package static func load(_ base: BaseModelFiles) throws -> any Tokenizer {
        guard let gguf = base.gguf else { return try ByteLevelTokenizer(TokenizerJSON.load(folder: base.path)) }
        return try ByteLevelTokenizer(TokenizerGGUF.load(gguf, path: base.path))
    }
}
