import ModelFiles

extension TokenizerGGUF {
    /// The vocabulary of kind `llama`: SentencePiece's byte-pair encoding by scores, with byte fallback.
    static func sentencePiece(_ contents: Contents) throws -> TokenizerDefinition {
        let scores = try (contents.file.metadata["tokenizer.ggml.scores"]?.arrayValue ?? []).map { value in
            guard let score = value.doubleValue else {
                throw TokenizersError.malformed(contents.path, "has a score that is no number")
            }
            return Float(score)
        }
        let unmergeable = [TokenType.unknown, .control, .unused, .byte].flatMap(contents.ids)
        let spaces = Normalizer.replace(.literal([0x20]), with: Metaspace.sign)
        let addsSpace = contents.flag("add_space_prefix", default: true)
        let text: [Decoder] = [
            .replace(.literal(Metaspace.sign), with: [0x20]), .byteFallback, .fuse,
        ]
        return TokenizerDefinition(
            source: contents.path, vocabulary: contents.tokens.enumerated().map { ($1, $0) },
            model: .scoredPairs(
                ScoredPairsDefinition(
                    scores: scores, unmergeable: Set(unmergeable),
                    unknown: try contents.id("unknown") ?? contents.ids(of: .unknown).first)),
            addedTokens: contents.added,
            normalizer: addsSpace ? .sequence([.prepend(Metaspace.sign), spaces]) : spaces,
            postProcessor: try contents.postProcessor(addsBeginning: true),
            decoder: .sequence(addsSpace ? text + [.strip([0x20], start: 1, stop: 0)] : text),
            bosTokenID: try contents.id("bos"), eosTokenID: try contents.id("eos"))
    }
}
