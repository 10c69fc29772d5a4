import ModelFiles

/// Loads the tokenizer that belongs to a base.
package enum TokenizerLoader {
    /// - Parameter base: a Hugging Face folder with tokenizer.json, or a .gguf that carries its vocabulary.
    /// - Throws: `ModelFilesError` where files are missing or damaged, `TokenizersError.unsupported` or `.malformed`.
    package static func load(_ base: BaseModelFiles) throws -> any Tokenizer {
        guard let gguf = base.gguf else { return try load(folder: base.path) }
        return try load(gguf, path: base.path)
    }

    /// The tokenizer that a GGUF carries, which needs no weights beside it.
    ///
    /// - Parameter path: what errors call the file.
    /// - Throws: as `load(_:)`.
    package static func load(_ gguf: GGUFFile, path: String) throws -> any Tokenizer {
        try TextTokenizer(TokenizerGGUF.load(gguf, path: path))
    }

    /// The tokenizer of a folder with a tokenizer.json, which needs no weights beside it.
    ///
    /// - Throws: as `load(_:)`.
    package static func load(folder: String) throws -> any Tokenizer {
        try TextTokenizer(TokenizerJSON.load(folder: folder))
    }
}
