extension TokenizerDefinition {
    /// The model with its vocabulary looked up.
    ///
    /// - Throws: `TokenizersError.malformed` where the model names a piece that the vocabulary lacks, `.unsupported`.
    func makeModel(_ vocabulary: Vocabulary, special: Set<Int>) throws -> any TokenModel {
        switch model {
        case .bytePair(let model): try makeBytePairModel(model, vocabulary)
        case .scoredPairs(let model): try makeScoredPairsModel(model, vocabulary)
        case .wordPiece(let model): try makeWordPieceModel(model, vocabulary)
        case .unigram(let model): try makeUnigramModel(model, vocabulary, special)
        }
    }

    /// Pieces as UTF-8; added tokens are not of the model.
    private var pieces: [(bytes: [UInt8], value: Int)] { vocabulary.map { (Array($0.piece.utf8), $0.id) } }

    private func makeWordPieceModel(_ model: WordPieceDefinition, _ vocabulary: Vocabulary) throws -> WordPieceModel {
        WordPieceModel(
            pieces: pieces, prefix: Array(model.prefix.utf8), unknown: try unknown(model.unknownToken, vocabulary),
            longestWord: model.longestWord)
    }

    private func makeUnigramModel(
        _ model: UnigramDefinition, _ vocabulary: Vocabulary, _ special: Set<Int>
    ) throws -> UnigramModel {
        guard self.vocabulary.indices.contains(model.unknown) else {
            throw malformed("has the unknown token \(model.unknown), which its vocabulary lacks")
        }
        guard model.scores.allSatisfy(\.isFinite) else { throw malformed("has a score that is no number") }
        return UnigramModel(
            pieces: pieces, scores: model.scores, special: special, unknown: model.unknown,
            byteTokens: model.fallsBackToBytes ? ByteTokens.pieces.map { vocabulary.id(of: $0) ?? -1 } : nil)
    }

    private func makeBytePairModel(_ model: BytePairDefinition, _ vocabulary: Vocabulary) throws -> BytePairModel {
        let pairs = try model.merges.enumerated().map { rank, merge in
            guard let left = vocabulary.id(of: merge.left), let right = vocabulary.id(of: merge.right),
                let result = vocabulary.id(of: merge.left + merge.right)
            else { throw malformed("has a merge, number \(rank + 1), of pieces that its vocabulary lacks") }
            return (left: left, right: right, merge: PairTable.Merge(rank: UInt32(rank), result: Int32(result)))
        }
        if preTokenizer.isByteLevel {
            return BytePairModel(
                symbols: try byteSymbols(model), merges: PairTable(pairs),
                wholeWords: model.ignoresMerges ? wholeWords : nil)
        }
        let symbols = characterSymbols(
            vocabulary, bytes: model.fallsBackToBytes,
            unknown: try model.unknownToken.map { try unknown($0, vocabulary) }, fuses: model.fusesUnknown)
        return BytePairModel(
            symbols: symbols, merges: PairTable(pairs), wholeWords: model.ignoresMerges ? wholeWords : nil,
            wordSign: model.ignoresMerges ? nil : wordSign(vocabulary, model.merges.lazy.map { ($0.left, $0.right) }))
    }

    private func makeScoredPairsModel(
        _ model: ScoredPairsDefinition, _ vocabulary: Vocabulary
    ) throws -> BytePairModel {
        guard model.scores.count == self.vocabulary.count, model.scores.allSatisfy(\.isFinite) else {
            throw malformed("has \(self.vocabulary.count) tokens, but not a score for each")
        }
        let pairs = ScoredPairs.merges(pieces, scores: model.scores, unmergeable: model.unmergeable)
        let symbols = characterSymbols(vocabulary, bytes: true, unknown: model.unknown, fuses: false)
        let names = pairs.lazy.map { (vocabulary.pieces[$0.left], vocabulary.pieces[$0.right]) }
        return BytePairModel(
            symbols: symbols, merges: PairTable(pairs), wholeWords: nil, wordSign: wordSign(vocabulary, names))
    }

    /// `▁`, where it is a token and no merge reaches over the start of a word, so that words can be looked at one by one.
    private func wordSign(_ vocabulary: Vocabulary, _ merges: some Sequence<(String, String)>) -> [UInt8]? {
        let sign = Metaspace.sign
        guard vocabulary.id(of: String(decoding: sign, as: UTF8.self)) != nil else { return nil }
        let crosses = merges.contains { left, right in
            right.utf8.starts(with: sign) && !left.utf8.suffix(sign.count).elementsEqual(sign)
        }
        return crosses ? nil : sign
    }

    /// Pieces as the words that they are.
    private var wholeWords: ByteTrie {
        guard preTokenizer.isByteLevel else { return ByteTrie(pieces) }
        return ByteTrie(pieces.compactMap { bytes, id in ByteAlphabet.bytes(of: bytes).map { ($0, id) } })
    }

    private func byteSymbols(_ model: BytePairDefinition) throws -> BytePairModel.Symbols {
        var tokens = [Int32](repeating: -1, count: 256)
        for (bytes, id) in pieces {
            guard bytes.count < 3, let spelled = ByteAlphabet.bytes(of: bytes), spelled.count == 1 else { continue }
            tokens[Int(spelled[0])] = Int32(id)
        }
        guard !tokens.contains(-1) || (model.unknownToken == nil && !model.fallsBackToBytes) else {
            throw TokenizersError(
                .unsupported,
                "\(source) is byte-level, and yet has bytes without a token and something in their place.",
                advice: "lorad reads byte-level vocabularies with a token for each byte.")
        }
        return .bytes(tokens)
    }

    private func characterSymbols(
        _ vocabulary: Vocabulary, bytes: Bool, unknown: Int?, fuses: Bool
    ) -> BytePairModel.Symbols {
        .characters(
            CharacterSymbols(
                pieces: ByteTrie(pieces),
                byteTokens: bytes ? ByteTokens.pieces.map { Int32(vocabulary.id(of: $0) ?? -1) } : nil,
                unknown: unknown, fusesUnknown: fuses))
    }

    private func unknown(_ piece: String, _ vocabulary: Vocabulary) throws -> Int {
        guard let id = vocabulary.id(of: piece) else {
            throw malformed("has the unknown token \(piece.debugDescription), which its vocabulary lacks")
        }
        return id
    }
}
