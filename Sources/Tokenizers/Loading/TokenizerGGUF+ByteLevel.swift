import ModelFiles

extension TokenizerGGUF {
    private static let gpt2 = PreTokenizer.byteLevel(prefixSpace: false, splits: true)
    private static func llama3(digits: Int) -> PreTokenizer {
        .sequence([
            .split(.llama3(digits: digits), .isolated, inverted: false), .byteLevel(prefixSpace: false, splits: false),
        ])
    }

    /// What `tokenizer.ggml.pre` names. llama.cpp's `default`, also that of files without the key, is not GPT-2's.
    private static let preTokenizers: [String: PreTokenizer] = [
        "smollm": .sequence([.digits(individually: true), gpt2]), "gpt-2": gpt2, "phi-2": gpt2, "roberta-bpe": gpt2,
        "llama-bpe": llama3(digits: 3), "llama3": llama3(digits: 3), "llama-v3": llama3(digits: 3),
        "qwen2": llama3(digits: 1),
    ]
    /// Of these a word that is a token needs no merging, and texts begin with a token unless the file says otherwise.
    private static let wholeWords: Set = ["llama-bpe", "llama3", "llama-v3"]

    /// What llama.cpp calls a pre-tokenizer; nil for one that it does not have, or that ignores merges differently.
    static func name(of preTokenizer: PreTokenizer, ignoresMerges: Bool) -> String? {
        let preTokenizer = preTokenizer == .sequence([gpt2]) ? gpt2 : preTokenizer
        return ["smollm", "gpt-2", "llama-bpe", "qwen2"].first {
            preTokenizers[$0] == preTokenizer && wholeWords.contains($0) == ignoresMerges
        }
    }

    /// The vocabulary of kind `gpt2`: byte-level byte-pair encoding.
    static func byteLevel(_ contents: Contents) throws -> TokenizerDefinition {
        let pre = contents.file.metadata["tokenizer.ggml.pre"]?.stringValue ?? "default"
        guard let preTokenizer = preTokenizers[pre] else {
            throw TokenizersError(
                .unsupported, "\(contents.path) has the pre-tokenizer '\(pre)'.",
                advice: "lorad supports: \(preTokenizers.keys.sorted().joined(separator: ", ")).")
        }
        let merges = try (contents.file.metadata["tokenizer.ggml.merges"]?.arrayValue ?? []).map { value in
            let parts = value.stringValue?.splitAtSpaces ?? []
            guard parts.count == 2 else {
                throw TokenizersError.malformed(contents.path, "has a merge that is no pair")
            }
            return (left: parts[0], right: parts[1])
        }
        let addsSpace = contents.flag("add_space_prefix", default: false)
        let model = BytePairDefinition(merges: merges, ignoresMerges: wholeWords.contains(pre))
        return TokenizerDefinition(
            source: contents.path, vocabulary: contents.tokens.enumerated().map { ($1, $0) }, model: .bytePair(model),
            addedTokens: contents.added, normalizer: addsSpace ? .prepend([0x20]) : .none, preTokenizer: preTokenizer,
            postProcessor: try contents.postProcessor(addsBeginning: wholeWords.contains(pre)), decoder: .byteLevel,
            bosTokenID: try contents.id("bos"), eosTokenID: try contents.id("eos"))
    }
}
