import ModelFiles

extension TokenizerGGUF {
    /// The vocabulary of kind `bert`: WordPiece of lower case without accents, which is all that llama.cpp has.
    ///
    /// Where BERT marks pieces that go on a word with `##`, this vocabulary marks those that begin one with `▁`, a
    /// "phantom space". Pieces in brackets, such as `[CLS]`, have neither.
    static func wordPiece(_ contents: Contents) throws -> TokenizerDefinition {
        let prefix = "##"
        let pieces = contents.tokens.map { token in
            // By scalars: to a String, a sign with a combining mark after it is another character.
            let scalars = token.unicodeScalars
            if scalars.first == "[" && scalars.last == "]" { return token }
            return scalars.first == "\u{2581}" ? String(scalars.dropFirst()) : prefix + token
        }
        func role(_ names: [String], _ piece: String) throws -> Int {
            for name in names { if let id = try contents.id(name) { return id } }
            guard let id = pieces.firstIndex(of: piece) else {
                throw TokenizersError.malformed(contents.path, "does not say which token its \(piece) is")
            }
            return id
        }
        let start = try role(["cls", "bos"], "[CLS]")
        // The misspelling is the format's own.
        let separator = try role(["seperator", "separator"], "[SEP]")
        let unknown = try role(["unknown"], "[UNK]")
        let special = Set(contents.ids(of: .control) + contents.ids(of: .unknown) + [start, separator, unknown])
        return TokenizerDefinition(
            source: contents.path, vocabulary: pieces.enumerated().map { ($1, $0) },
            model: .wordPiece(WordPieceDefinition(prefix: prefix, unknownToken: pieces[unknown])),
            addedTokens: special.sorted().map { AddedToken(id: $0, content: pieces[$0]) },
            normalizer: .bert(BertNormalizer()), preTokenizer: .bert,
            postProcessor: .bert(start: start, separator: separator),
            decoder: .wordPiece(prefix: prefix, cleansUp: true),
            bosTokenID: try contents.id("bos"), eosTokenID: try contents.id("eos"))
    }
}
