/// WordPiece: the longest piece that a word begins with, then the longest that the rest goes on with.
///
/// https://github.com/google-research/bert/blob/master/tokenization.py (`WordpieceTokenizer`)
struct WordPieceModel: TokenModel {
    private let pieces: ByteTrie
    /// Where in the trie the pieces stand that go on a word, after `##`; nil where there are none.
    private let continuation: Int?
    private let unknown: Int
    private let longestWord: Int

    /// - Parameters:
    ///   - prefix: what marks a piece that goes on a word.
    ///   - longestWord: a word of more characters is unknown.
    init(pieces: [(bytes: [UInt8], value: Int)], prefix: [UInt8], unknown: Int, longestWord: Int) {
        self.pieces = ByteTrie(pieces)
        continuation = self.pieces.node(along: prefix)
        self.unknown = unknown
        self.longestWord = longestWord
    }

    func encode(_ bytes: [UInt8], _ range: Range<Int>, allowSpecial: Bool, into ids: inout [Int]) {
        guard range.count <= longestWord || characters(bytes, range) <= longestWord else { return ids.append(unknown) }
        let before = ids.count
        var node: Int? = ByteTrie.root
        var position = range.lowerBound
        while position < range.upperBound {
            guard let start = node,
                let found = pieces.longestPrefix(of: bytes, from: position, before: range.upperBound, node: start)
            else {
                ids.removeSubrange(before...)
                return ids.append(unknown)
            }
            ids.append(found.value)
            position = found.end
            node = continuation
        }
    }

    private func characters(_ bytes: [UInt8], _ range: Range<Int>) -> Int {
        range.count { bytes[$0] & 0xC0 != 0x80 }
    }
}
