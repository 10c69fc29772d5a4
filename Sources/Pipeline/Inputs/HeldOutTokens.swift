import Common
import Tokenizers
import Training

/// What the tokenizer makes of the texts of a file that is not trained on, found again by later jobs over the same file.
struct HeldOutTokens {
    /// Answers from memory what an earlier job asked.
    let tokenizer: RememberingTokenizer
    private let path: String
    private let sha256: String
    private let recipe: String
    private let known: Int
    private let cache: RowCache

    /// - Parameters:
    ///   - source: that was taken.
    ///   - log: hears of what cannot be used.
    /// - Returns: nil where the file cannot be used, which its reader says.
    init?(_ source: RowSource?, _ base: VerifiedBase, _ cache: RowCache, log: (String) -> Void) throws {
        guard let source, let sha256 = source.sha256 else { return nil }
        (path, self.sha256, self.cache) = (source.path, sha256, cache)
        recipe = try TextRecipe(TokenizerRecipe(base)).hash()
        let texts = cache.texts(recipe: recipe, sha256: sha256, log: log) ?? RememberedTexts()
        known = texts.count
        tokenizer = RememberingTokenizer(base.tokenizer, known: texts)
    }

    /// Keeps what is new, and gives the memory back: nobody asks any more.
    ///
    /// - Throws: `SystemError.unwritable`.
    func finish(log: (String) -> Void) throws {
        defer { tokenizer.forget() }
        guard tokenizer.tokenized > 0 else {
            if known > 0 {
                log("\(path): \(FigureFormat.count(known)) texts as tokens of an earlier job; the file is the same")
            }
            return
        }
        try cache.keep(tokenizer.remembered, recipe: recipe, sha256: sha256)
    }
}

extension TokenizerRecipe {
    /// The base's own.
    init(_ base: VerifiedBase) {
        self.init()
        sha256 = base.hash.tokenizerSHA256
        endOfText = base.tokenizer.eosTokenID
        beginning = base.tokenizer.encodeBeginning("")
        vocabulary = base.tokenizer.vocabularySize
    }
}
