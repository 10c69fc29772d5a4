/// What tokenizer.json and a GGUF's vocabulary come down to.
struct TokenizerDefinition {
    /// What errors call the source.
    let source: String
    /// Pieces with their ids.
    var vocabulary: [(piece: String, id: Int)]
    /// Pairs of pieces, in the order in which they were learned.
    var merges: [(left: String, right: String)]
    var addedTokens: [AddedToken]
    var preTokenizer: PreTokenizer
    /// Whether text is brought to NFC first.
    var composes = false
    var addsPrefixSpace = false
    /// Whether a word that is a token needs no merging.
    var ignoresMerges = false
    var bosTokenID: Int?
    var eosTokenID: Int?

    /// Pieces by id, and ids by piece.
    struct Vocabulary {
        let pieces: [String]
        let ids: [String: Int]
    }

    /// - Throws: `TokenizersError.malformed` where ids are negative, far beyond the vocabulary or given twice.
    func checkedVocabulary() throws -> Vocabulary {
        guard !vocabulary.isEmpty else { throw malformed("has an empty vocabulary") }
        let all = vocabulary + addedTokens.map { ($0.content, $0.id) }
        let limit = all.count + 65_536
        guard let largest = all.map(\.id).max(), all.allSatisfy({ $0.id >= 0 }), largest < limit else {
            throw malformed("has token ids outside 0 to \(limit - 1)")
        }
        var pieces = [String?](repeating: nil, count: largest + 1)
        var ids: [String: Int] = [:]
        for (piece, id) in all {
            if let taken = pieces[id], Array(taken.utf8) != Array(piece.utf8) {
                throw malformed("gives the id \(id) to two tokens")
            }
            pieces[id] = piece
            ids[piece] = id
        }
        return Vocabulary(pieces: pieces.map { $0 ?? "" }, ids: ids)
    }

    /// - Throws: `TokenizersError.malformed` where a merge names or makes a piece that the vocabulary lacks.
    func encoder(_ vocabulary: Vocabulary) throws -> BytePairEncoder {
        var byteTokens = [Int32](repeating: -1, count: 256)
        var words: [[UInt8]: Int] = [:]
        for (piece, id) in self.vocabulary {
            guard let bytes = ByteAlphabet.bytes(of: piece) else { continue }
            if bytes.count == 1 { byteTokens[Int(bytes[0])] = Int32(id) }
            if ignoresMerges { words[bytes] = id }
        }
        let merges = try self.merges.enumerated().map { rank, merge in
            guard let left = vocabulary.ids[merge.left], let right = vocabulary.ids[merge.right],
                let result = vocabulary.ids[merge.left + merge.right]
            else { throw malformed("has a merge, number \(rank + 1), of pieces that its vocabulary lacks") }
            return (left: left, right: right, result: result)
        }
        return BytePairEncoder(byteTokens: byteTokens, merges: merges, wholeWords: ignoresMerges ? words : nil)
    }

    func malformed(_ problem: String) -> TokenizersError {
        TokenizersError(
            .malformed, "\(source) \(problem).", advice: "Fetch the tokenizer that belongs to the base again.")
    }
}
