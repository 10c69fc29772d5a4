/// Byte-pair encoding over bytes: a word starts as its bytes, and the neighbours whose merge was learned first are
/// merged until none is left. https://arxiv.org/abs/1508.07909
struct BytePairEncoder: Sendable {
    private struct Merge: Sendable {
        let rank: Int32
        let result: Int32
    }

    /// Token of each single byte, −1 where the vocabulary has none.
    private let byteTokens: [Int32]
    private let merges: [UInt64: Merge]
    /// Whole words that are tokens, where those take precedence over merging.
    private let wholeWords: [[UInt8]: Int]?

    /// - Parameter merges: pairs of token ids in the order in which they were learned, with the token each makes.
    init(byteTokens: [Int32], merges: [(left: Int, right: Int, result: Int)], wholeWords: [[UInt8]: Int]?) {
        self.byteTokens = byteTokens
        self.wholeWords = wholeWords
        var table = [UInt64: Merge](minimumCapacity: merges.count)
        for (rank, merge) in merges.enumerated() {
            let key = Self.key(Int32(merge.left), Int32(merge.right))
            if table[key] == nil { table[key] = Merge(rank: Int32(rank), result: Int32(merge.result)) }
        }
        self.merges = table
    }

    /// Ids of one word. Bytes without a token are left out, as the reference does without an unknown token.
    func encode(_ word: [UInt8]) -> [Int] {
        if let id = wholeWords?[word] { return [id] }
        var symbols = word.map { byteTokens[Int($0)] }.filter { $0 >= 0 }
        while symbols.count > 1 {
            var best: (index: Int, merge: Merge)?
            for index in 0..<(symbols.count - 1) {
                guard let merge = merges[Self.key(symbols[index], symbols[index + 1])] else { continue }
                if best.map({ merge.rank < $0.merge.rank }) ?? true { best = (index, merge) }
            }
            guard let best else { break }
            symbols[best.index] = best.merge.result
            symbols.remove(at: best.index + 1)
        }
        return symbols.map(Int.init)
    }

    private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }
}
