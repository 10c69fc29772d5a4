/// What tokenizer.json and a GGUF's vocabulary come down to.
struct TokenizerDefinition {
    /// What errors call the source.
    let source: String
    /// Pieces with their ids.
    var vocabulary: [(piece: String, id: Int)]
    var model: ModelDefinition
    var addedTokens: [AddedToken]
    var normalizer = Normalizer.none
    var preTokenizer = PreTokenizer.whole
    var postProcessor = PostProcessor.plain
    var decoder = Decoder.spaced
    var bosTokenID: Int?
    var eosTokenID: Int?

    func malformed(_ problem: String) -> TokenizersError { .malformed(source, problem) }
}

/// What a model needs beside its vocabulary.
enum ModelDefinition {
    case bytePair(BytePairDefinition)
    case wordPiece(WordPieceDefinition)
}

/// Of byte-pair encoding.
struct BytePairDefinition {
    /// Pairs of pieces, in the order in which they were learned.
    var merges: [(left: String, right: String)]
    /// Whether a word that is a token needs no merging.
    var ignoresMerges = false
    /// Whether characters without a token become tokens of their bytes.
    var fallsBackToBytes = false
    var unknownToken: String?
    var fusesUnknown = false
}

/// Of WordPiece.
struct WordPieceDefinition {
    /// Marks a piece that goes on a word.
    var prefix = "##"
    var unknownToken = "[UNK]"
    /// A word of more characters is unknown.
    var longestWord = 100
}
