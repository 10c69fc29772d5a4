/// Finds added tokens in text: leftmost first, of those the longest.
struct AddedTokenMatcher: Sendable {
    /// A stretch of text: plain, or one added token.
    enum Part: Equatable {
        case text(Range<Int>)
        /// Its id, and where it stands, with the white space that it takes along.
        case token(Int, Range<Int>)
    }

    private let tokens: [AddedToken]
    /// Places in `tokens`.
    private let all: ByteTrie
    private let ordinary: ByteTrie

    /// - Parameter tokens: each with the bytes to look for.
    init(_ tokens: [(token: AddedToken, bytes: [UInt8])]) {
        self.tokens = tokens.map(\.token)
        let keys = tokens.enumerated().filter { !$1.bytes.isEmpty }
        all = ByteTrie(keys.map { ($1.bytes, $0) })
        ordinary = ByteTrie(keys.filter { !$1.token.special }.map { ($1.bytes, $0) })
    }

    var isEmpty: Bool { tokens.isEmpty }

    /// Cuts `text`; without `allowSpecial` special tokens stay text.
    func split(_ text: [UInt8], allowSpecial: Bool) -> [Part] {
        let trie = allowSpecial ? all : ordinary
        var parts: [Part] = []
        var start = 0
        var position = 0
        while position < text.count {
            guard trie.begins(with: text[position]), let found = trie.longestPrefix(of: text, from: position) else {
                position += 1
                continue
            }
            let token = tokens[found.value]
            let upper = found.end
            guard !token.singleWord || Self.standsAlone(text, position, upper) else {
                position = upper
                continue
            }
            let lower = token.leftStrip ? Self.skipSpaceBackwards(text, position, to: start) : position
            if lower > start { parts.append(.text(start..<lower)) }
            start = token.rightStrip ? Self.skipSpace(text, upper) : upper
            parts.append(.token(token.id, lower..<start))
            position = start
        }
        if start < text.count { parts.append(.text(start..<text.count)) }
        return parts
    }

    private static func standsAlone(_ text: [UInt8], _ lower: Int, _ upper: Int) -> Bool {
        (lower == 0 || !WordClasses.isWord(text.scalar(before: lower)))
            && (upper == text.count || !WordClasses.isWord(text.scalar(at: upper).scalar))
    }

    private static func skipSpaceBackwards(_ text: [UInt8], _ end: Int, to start: Int) -> Int {
        var position = end
        while position > start, case let scalar = text.scalar(before: position), CharacterClass(scalar) == .space {
            position -= UTF8.width(scalar)
        }
        return position
    }

    private static func skipSpace(_ text: [UInt8], _ start: Int) -> Int {
        var position = start
        while position < text.count, case let (kind, length) = text.characterClass(at: position), kind == .space {
            position += length
        }
        return position
    }
}
