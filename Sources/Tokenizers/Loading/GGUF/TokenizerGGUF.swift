import ModelFiles

/// Reads the vocabulary that a GGUF file carries.
///
/// https://github.com/ggml-org/ggml/blob/master/docs/gguf.md#tokenizer
enum TokenizerGGUF {
    /// The kinds of tokens, as llama.cpp numbers them.
    enum TokenType: Int {
        case normal = 1, unknown, control
        /// Found in text first, and text itself.
        case userDefined
        case unused, byte
    }

    /// What all kinds of vocabularies have.
    struct Contents {
        let path: String
        let file: GGUFFile
        let tokens: [String]
        let types: [Int]

        /// An id under `tokenizer.ggml.`.
        func id(_ name: String) throws -> Int? {
            guard let id = file.metadata["tokenizer.ggml.\(name)_token_id"]?.intValue else { return nil }
            guard tokens.indices.contains(id) else {
                throw TokenizersError.malformed(path, "has the \(name) token \(id), but \(tokens.count) tokens")
            }
            return id
        }

        func flag(_ name: String, default fallback: Bool) -> Bool {
            file.metadata["tokenizer.ggml.\(name)"]?.boolValue ?? fallback
        }

        func ids(of type: TokenType) -> [Int] { types.indices.filter { types[$0] == type.rawValue } }

        /// Special tokens by the names that chat templates have for them.
        var names: [NamedToken] {
            get throws {
                let roles = [
                    ("bos", "bos_token"), ("eos", "eos_token"), ("unknown", "unk_token"), ("seperator", "sep_token"),
                    ("padding", "pad_token"), ("cls", "cls_token"), ("mask", "mask_token"),
                ]
                return try roles.compactMap { role, name in
                    try id(role).map { NamedToken(name: name, text: tokens[$0]) }
                }
            }
        }

        /// Tokens that are found in text before anything else; those that are no text are special.
        var added: [AddedToken] {
            types.enumerated().compactMap { id, type in
                guard let type = TokenType(rawValue: type), !tokens[id].isEmpty else { return nil }
                return switch type {
                case .control, .unknown: AddedToken(id: id, content: tokens[id], special: true)
                case .userDefined: AddedToken(id: id, content: tokens[id], special: false)
                case .normal, .unused, .byte: nil
                }
            }
        }

        /// `add_bos_token` and `add_eos_token` around each text.
        func postProcessor(addsBeginning: Bool) throws -> PostProcessor {
            let begin = flag("add_bos_token", default: addsBeginning) ? try id("bos") : nil
            let end = flag("add_eos_token", default: false) ? try id("eos") : nil
            func around(_ text: PostProcessor.Part, _ type: Int) -> [PostProcessor.Part] {
                [begin.map { .token(id: $0, type: type) }, text, end.map { .token(id: $0, type: type) }].compactMap {
                    $0
                }
            }
            let single = around(.first(type: 0), 0)
            return PostProcessor(single: single, pair: single + around(.second(type: 1), 1))
        }
    }

    /// - Throws: `TokenizersError.unsupported` for another kind of vocabulary or pre-tokenizer, `.malformed`.
    static func load(_ file: GGUFFile, path: String) throws -> TokenizerDefinition {
        let tokens = try (file.metadata["tokenizer.ggml.tokens"]?.arrayValue ?? []).map { value in
            guard let token = value.stringValue else {
                throw TokenizersError.malformed(path, "has a token that is no text")
            }
            return token
        }
        let types = file.metadata["tokenizer.ggml.token_type"]?.arrayValue?.compactMap(\.intValue) ?? []
        guard types.isEmpty || types.count == tokens.count else {
            throw TokenizersError.malformed(path, "has \(tokens.count) tokens but \(types.count) token types")
        }
        let contents = Contents(path: path, file: file, tokens: tokens, types: types)
        var definition = try Self.definition(contents)
        definition.specialTokens = try contents.names
        return definition
    }

    private static func definition(_ contents: Contents) throws -> TokenizerDefinition {
        switch contents.file.metadata["tokenizer.ggml.model"]?.stringValue ?? "none" {
        case "gpt2": return try byteLevel(contents)
        case "llama": return try sentencePiece(contents)
        case "bert": return try wordPiece(contents)
        case let model:
            throw TokenizersError(
                .unsupported, "\(contents.path) has a vocabulary of kind '\(model)'.",
                advice: "lorad supports: gpt2, llama, bert.")
        }
    }
}
