import ModelFiles

/// Reads the vocabulary that a GGUF file carries.
enum TokenizerGGUF {
    /// What `tokenizer.ggml.pre` names. llama.cpp's `default`, also that of files without the key, is not GPT-2's.
    private static let preTokenizers: [String: PreTokenizer] = [
        "smollm": .sequence([.digits(individually: true), byteLevel]), "gpt-2": byteLevel,
    ]
    private static let byteLevel = PreTokenizer.byteLevel(prefixSpace: false, splits: true)
    /// Special tokens.
    static let controlType = 3
    /// Tokens that are found in text first, and are text.
    static let userDefinedType = 4

    /// What llama.cpp calls a pre-tokenizer; nil for one that it does not have.
    static func name(of preTokenizer: PreTokenizer) -> String? {
        switch preTokenizer {
        case .sequence([.digits(individually: true), byteLevel]): "smollm"
        case byteLevel, .sequence([byteLevel]): "gpt-2"
        default: nil
        }
    }

    /// - Throws: `TokenizersError.unsupported` for another kind of vocabulary or pre-tokenizer, `.malformed`.
    static func load(_ file: GGUFFile, path: String) throws -> TokenizerDefinition {
        let model = file.metadata["tokenizer.ggml.model"]?.stringValue ?? "none"
        guard model == "gpt2" else {
            throw TokenizersError(
                .unsupported, "\(path) has a vocabulary of kind '\(model)'.", advice: "lorad supports: gpt2.")
        }
        let pre = file.metadata["tokenizer.ggml.pre"]?.stringValue ?? "default"
        guard let preTokenizer = preTokenizers[pre] else {
            throw TokenizersError(
                .unsupported, "\(path) has the pre-tokenizer '\(pre)'.",
                advice: "lorad supports: \(preTokenizers.keys.sorted().joined(separator: ", ")).")
        }
        let tokens = file.metadata["tokenizer.ggml.tokens"]?.arrayValue?.compactMap(\.stringValue) ?? []
        let types = file.metadata["tokenizer.ggml.token_type"]?.arrayValue?.compactMap(\.intValue) ?? []
        guard types.isEmpty || types.count == tokens.count else {
            throw TokenizersError(.malformed, "\(path) has \(tokens.count) tokens but \(types.count) token types.")
        }
        let merges = try (file.metadata["tokenizer.ggml.merges"]?.arrayValue ?? []).map { value in
            let parts = value.stringValue?.split(separator: " ").map(String.init) ?? []
            guard parts.count == 2 else { throw TokenizersError(.malformed, "\(path) has a merge that is no pair.") }
            return (left: parts[0], right: parts[1])
        }
        let added = types.enumerated().filter { $1 == controlType || $1 == userDefinedType }.map { id, type in
            AddedToken(id: id, content: tokens[id], special: type == controlType)
        }
        let addsSpace = file.metadata["tokenizer.ggml.add_space_prefix"]?.boolValue ?? false
        return TokenizerDefinition(
            source: path, vocabulary: tokens.enumerated().map { ($1, $0) },
            model: .bytePair(BytePairDefinition(merges: merges)), addedTokens: added,
            normalizer: addsSpace ? .prepend([0x20]) : .none, preTokenizer: preTokenizer, decoder: .byteLevel,
            bosTokenID: file.metadata["tokenizer.ggml.bos_token_id"]?.intValue,
            eosTokenID: file.metadata["tokenizer.ggml.eos_token_id"]?.intValue)
    }
}
