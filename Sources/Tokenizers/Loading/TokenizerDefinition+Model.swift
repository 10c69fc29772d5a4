extension TokenizerDefinition {
    /// The model with its vocabulary looked up.
    ///
    /// - Throws: `TokenizersError.malformed` where the model names a piece that the vocabulary lacks, `.unsupported`.
    func makeModel(_ vocabulary: Vocabulary, special: Set<Int>) throws -> any TokenModel {
        switch model {
        case .bytePair(let model): try makeBytePairModel(model, vocabulary)
        case .wordPiece(let model): try makeWordPieceModel(model, vocabulary)
        }
    }

    /// Pieces as UTF-8; added tokens are not of the model.
    private var pieces: [(bytes: [UInt8], value: Int)] { vocabulary.map { (Array($0.piece.utf8), $0.id) } }

    private func makeWordPieceModel(_ model: WordPieceDefinition, _ vocabulary: Vocabulary) throws -> WordPieceModel {
        WordPieceModel(
            pieces: pieces, prefix: Array(model.prefix.utf8), unknown: try unknown(model.unknownToken, vocabulary),
            longestWord: model.longestWord)
    }

    private func makeBytePairModel(_ model: BytePairDefinition, _ vocabulary: Vocabulary) throws -> BytePairModel {
        let pairs = try model.merges.enumerated().map { rank, merge in
            guard let left = vocabulary.id(of: merge.left), let right = vocabulary.id(of: merge.right),
                let result = vocabulary.id(of: merge.left + merge.right)
            else { throw malformed("has a merge, number \(rank + 1), of pieces that its vocabulary lacks") }
            return (left: left, right: right, merge: PairTable.Merge(rank: UInt32(rank), result: Int32(result)))
        }
        let symbols = preTokenizer.isByteLevel ? try byteSymbols(model) : try characterSymbols(model, vocabulary)
        return BytePairModel(
            symbols: symbols, merges: PairTable(pairs), wholeWords: model.ignoresMerges ? wholeWords : nil)
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
        _ model: BytePairDefinition, _ vocabulary: Vocabulary
    ) throws -> BytePairModel.Symbols {
        let bytes = ByteTokens.pieces.map { vocabulary.id(of: $0).map(Int32.init) ?? -1 }
        return .characters(
            CharacterSymbols(
                pieces: ByteTrie(pieces), byteTokens: model.fallsBackToBytes ? bytes : nil,
                unknown: try model.unknownToken.map { try unknown($0, vocabulary) }, fusesUnknown: model.fusesUnknown))
    }

    private func unknown(_ piece: String, _ vocabulary: Vocabulary) throws -> Int {
        guard let id = vocabulary.id(of: piece) else {
            throw malformed("has the unknown token \(piece.debugDescription), which its vocabulary lacks")
        }
        return id
    }
}
