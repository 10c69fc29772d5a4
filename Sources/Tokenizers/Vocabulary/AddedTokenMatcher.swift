/// Finds added tokens in text: leftmost first, of those the longest.
struct AddedTokenMatcher: Sendable {
    /// A stretch of text: plain, or one added token.
    enum Part: Equatable {
        case text(Range<Int>)
        case token(Int)
    }

    /// By first scalar, longest first.
    private let candidates: [Unicode.Scalar: [(scalars: [Unicode.Scalar], token: AddedToken)]]

    init(_ tokens: [AddedToken]) {
        var candidates: [Unicode.Scalar: [(scalars: [Unicode.Scalar], token: AddedToken)]] = [:]
        for token in tokens {
            let scalars = Array(token.content.unicodeScalars)
            guard let first = scalars.first else { continue }
            candidates[first, default: []].append((scalars, token))
        }
        self.candidates = candidates.mapValues { $0.sorted { $0.scalars.count > $1.scalars.count } }
    }

    /// Cuts `text`; without `allowSpecial` special tokens stay text.
    func split(_ text: [Unicode.Scalar], allowSpecial: Bool) -> [Part] {
        var parts: [Part] = []
        var start = 0
        var position = 0
        while position < text.count {
            guard let found = match(text, at: position, allowSpecial: allowSpecial) else {
                position += 1
                continue
            }
            var lower = position
            var upper = position + found.scalars.count
            while found.token.leftStrip, lower > start, text[lower - 1].properties.isWhitespace { lower -= 1 }
            while found.token.rightStrip, upper < text.count, text[upper].properties.isWhitespace { upper += 1 }
            if lower > start { parts.append(.text(start..<lower)) }
            parts.append(.token(found.token.id))
            start = upper
            position = upper
        }
        if start < text.count { parts.append(.text(start..<text.count)) }
        return parts
    }

    private func match(_ text: [Unicode.Scalar], at position: Int, allowSpecial: Bool)
        -> (scalars: [Unicode.Scalar], token: AddedToken)?
    {
        candidates[text[position]]?.first { scalars, token in
            let end = position + scalars.count
            guard allowSpecial || !token.special, end <= text.count, text[position..<end].elementsEqual(scalars) else {
                return false
            }
            guard token.singleWord else { return true }
            return (position == 0 || !isWord(text[position - 1])) && (end == text.count || !isWord(text[end]))
        }
    }

    private func isWord(_ scalar: Unicode.Scalar) -> Bool {
        CharacterClass(scalar) == .letter || CharacterClass(scalar) == .number || scalar == "_"
    }
}
