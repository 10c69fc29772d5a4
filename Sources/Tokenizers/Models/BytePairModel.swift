/// Byte-pair encoding: a word starts as its bytes or characters, and the neighbours whose merge was learned first are
/// merged until none is left. https://arxiv.org/abs/1508.07909
struct BytePairModel: TokenModel {
    /// What a word starts as.
    enum Symbols: Sendable {
        /// Its bytes; the token of each, −1 where the vocabulary has none.
        case bytes([Int32])
        case characters(CharacterSymbols)
    }

    private let symbols: Symbols
    private let merges: PairTable
    /// Whole words that are tokens, where those take precedence over merging.
    private let wholeWords: ByteTrie?
    let wordSign: [UInt8]?

    init(symbols: Symbols, merges: PairTable, wholeWords: ByteTrie?, wordSign: [UInt8]? = nil) {
        self.symbols = symbols
        self.merges = merges
        self.wholeWords = wholeWords
        self.wordSign = wordSign
    }

    func encode(_ bytes: [UInt8], _ range: Range<Int>, allowSpecial: Bool, into ids: inout [Int]) {
        if let id = wholeWords?.value(of: bytes[range]) { return ids.append(id) }
        var word: [Int32] = []
        word.reserveCapacity(range.count)
        switch symbols {
        // A byte without a token is left out, as the library does without an unknown token.
        case .bytes(let tokens):
            for byte in bytes[range] where tokens[Int(byte)] >= 0 { word.append(tokens[Int(byte)]) }
        case .characters(let characters): characters.append(bytes, range, to: &word)
        }
        merge(&word, into: &ids)
    }

    /// Merges by a heap of the possible merges, which costs O(n log n) however long the word is.
    private func merge(_ word: inout [Int32], into ids: inout [Int]) {
        let count = word.count
        guard count > 1 else { return ids += word.lazy.map(Int.init) }
        var heap = MergeHeap()
        var next = (1...count).map(Int32.init)
        var previous = (-1..<count - 1).map(Int32.init)
        for index in 0..<(count - 1) {
            if let merge = merges.merge(word[index], word[index + 1]) { heap.push(rank: merge.rank, position: index) }
        }
        while let (rank, left) = heap.pop() {
            let right = Int(next[left])
            // What was possible may have become part of another token in the meantime.
            guard word[left] >= 0, right < count, let merge = merges.merge(word[left], word[right]), merge.rank == rank
            else { continue }
            word[left] = merge.result
            word[right] = -1
            let after = Int(next[right])
            next[left] = Int32(after)
            if after < count {
                previous[after] = Int32(left)
                if let merge = merges.merge(word[left], word[after]) { heap.push(rank: merge.rank, position: left) }
            }
            let before = Int(previous[left])
            if before >= 0, let merge = merges.merge(word[before], word[left]) {
                heap.push(rank: merge.rank, position: before)
            }
        }
        for token in word where token >= 0 { ids.append(Int(token)) }
    }
}

/// A binary heap of possible merges: the lowest rank first, of those the leftmost.
private struct MergeHeap {
    /// Rank in the upper half, position in the lower.
    private var items: [UInt64] = []

    mutating func push(rank: UInt32, position: Int) {
        items.append(UInt64(rank) << 32 | UInt64(position))
        var child = items.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard items[child] < items[parent] else { break }
            items.swapAt(child, parent)
            child = parent
        }
    }

    mutating func pop() -> (rank: UInt32, position: Int)? {
        guard let top = items.first, let last = items.popLast() else { return nil }
        if !items.isEmpty {
            items[0] = last
            sink()
        }
        return (UInt32(top >> 32), Int(top & 0xFFFF_FFFF))
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < items.count else { return }
            if child + 1 < items.count, items[child + 1] < items[child] { child += 1 }
            guard items[child] < items[parent] else { return }
            items.swapAt(child, parent)
            parent = child
        }
    }
}
