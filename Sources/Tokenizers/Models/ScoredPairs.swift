/// The merges of SentencePiece's byte-pair encoding, which a vocabulary with scores implies.
enum ScoredPairs {
    /// All pairs of pieces that are a piece together, ranked by its score; pieces of one score share a rank, so that the
    /// leftmost goes first.
    static func merges(
        _ pieces: [(bytes: [UInt8], value: Int)], scores: [Float], unmergeable: Set<Int>
    ) -> [(left: Int, right: Int, merge: PairTable.Merge)] {
        let trie = ByteTrie(pieces)
        let ranks = Dictionary(
            uniqueKeysWithValues: Set(scores).sorted(by: >).enumerated().map { ($1, UInt32($0)) })
        var merges: [(left: Int, right: Int, merge: PairTable.Merge)] = []
        for (bytes, id) in pieces where !unmergeable.contains(id) {
            let merge = PairTable.Merge(rank: ranks[scores[id]] ?? 0, result: Int32(id))
            var node = ByteTrie.root
            for (index, byte) in bytes.dropLast().enumerated() {
                guard let next = trie.child(of: node, along: byte) else { break }
                node = next
                guard let left = trie.value(at: node), let right = trie.value(of: bytes[(index + 1)...]) else {
                    continue
                }
                merges.append((left, right, merge))
            }
        }
        return merges
    }
}
