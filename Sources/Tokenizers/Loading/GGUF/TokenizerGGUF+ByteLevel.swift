import ModelFiles

extension TokenizerGGUF {
    /// The vocabulary of kind `gpt2`: byte-level byte-pair encoding.
    static func byteLevel(_ contents: Contents) throws -> TokenizerDefinition {
        let pre = contents.file.metadata["tokenizer.ggml.pre"]?.stringValue ?? "default"
        guard let named = GGUFPreTokenizer.named[pre] else { throw unsupported(pre, contents) }
        let merges = try (contents.file.metadata["tokenizer.ggml.merges"]?.arrayValue ?? []).map { value in
            guard let pair = value.stringValue.flatMap(BytePairDefinition.merge) else {
                throw TokenizersError.malformed(contents.path, "has a merge that is no pair")
            }
            return pair
        }
        let addsSpace = contents.flag("add_space_prefix", default: false)
        let model = BytePairDefinition(merges: merges, ignoresMerges: named.ignoresMerges)
        return TokenizerDefinition(
            source: contents.path, vocabulary: contents.tokens.enumerated().map { ($1, $0) }, model: .bytePair(model),
            addedTokens: contents.added, normalizer: addsSpace ? .prepend([0x20]) : .none,
            preTokenizer: named.preTokenizer,
            postProcessor: try contents.postProcessor(addsBeginning: named.addsBeginning), decoder: .byteLevel,
            bosTokenID: try contents.id("bos"), eosTokenID: try contents.id("eos"))
    }

    private static func unsupported(_ pre: String, _ contents: Contents) -> TokenizersError {
        let names = "tokenizer.ggml.pre can be \(GGUFPreTokenizer.named.keys.sorted().joined(separator: ", "))"
        guard contents.file.metadata["tokenizer.ggml.pre"] == nil || pre == "default" else {
            return TokenizersError(
                .unsupported, "\(contents.path) has the pre-tokenizer '\(pre)'.",
                advice: "Use the base's safetensors folder with its tokenizer.json, where there is one; \(names).")
        }
        return TokenizersError(
            .unsupported, "\(contents.path) does not say how its text is cut into words.",
            cause:
                "Files of llama.cpp before April 2024 lack tokenizer.ggml.pre, and what it does instead is no model's own.",
            advice: "Convert the base again with a newer llama.cpp; \(names).")
    }
}
