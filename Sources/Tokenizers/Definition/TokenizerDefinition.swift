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
    /// By the names of their roles, each name once.
    var specialTokens: [NamedToken] = []

    func malformed(_ problem: String) -> TokenizersError { .malformed(source, problem) }
}

/// What a model needs beside its vocabulary.
enum ModelDefinition {
    case bytePair(BytePairDefinition)
    case scoredPairs(ScoredPairsDefinition)
    case wordPiece(WordPieceDefinition)
    case unigram(UnigramDefinition)
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

    /// A merge that a file writes as one text, with a space between its pieces; nil for anything else.
    static func merge(_ text: String) -> (left: String, right: String)? {
        // By scalars: to a String, a space with a combining mark after it is another character.
        let parts = text.unicodeScalars.split(separator: " ", omittingEmptySubsequences: false).map { String($0) }
        return parts.count == 2 ? (parts[0], parts[1]) : nil
    }
}

/// Of WordPiece.
struct WordPieceDefinition {
    /// Marks a piece that goes on a word.
    var prefix = "##"
    var unknownToken = "[UNK]"
    /// A word of more characters is unknown.
    var longestWord = 100
}

/// Of byte-pair encoding as SentencePiece has it: any two neighbours merge whose text together is a piece, those of the
/// highest score first. Characters without a token become tokens of their bytes.
struct ScoredPairsDefinition {
    /// Of each id.
    var scores: [Float]
    /// Pieces that merging may not make: control, unused and byte tokens.
    var unmergeable: Set<Int>
    var unknown: Int?
}

/// Of a unigram model.
struct UnigramDefinition {
    /// Of each id.
    var scores: [Double]
    var unknown: Int
    /// Whether characters without a token become tokens of their bytes.
    var fallsBackToBytes = false
}
