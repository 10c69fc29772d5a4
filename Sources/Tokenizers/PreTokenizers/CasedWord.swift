/// The two branches for words of o200k's and Tekken's patterns, which cut before a capital after a small letter:
/// `P?U*L+` and then `P?U+L*`, where P is `[^\r\n\p{L}\p{N}]`, U is `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]` and L is
/// `[\p{Ll}\p{Lm}\p{Lo}\p{M}]`.
struct CasedWord: Sendable, Hashable {
    /// Whether a contraction, in either case, goes with the word before it.
    let takesContraction: Bool

    private static let upper: CharacterCategories = [.upper, .uncased, .mark]
    private static let lower: CharacterCategories = [.lower, .uncased, .mark]

    /// Both branches as tokenizer.json files spell them.
    var spelling: String {
        let prefix = #"[^\r\n\p{L}\p{N}]?"#
        let upper = #"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"#
        let lower = #"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"#
        let suffix = takesContraction ? "(?i:'s|'t|'re|'ve|'m|'ll|'d)?" : ""
        return "\(prefix)\(upper)*\(lower)+\(suffix)|\(prefix)\(upper)+\(lower)*\(suffix)"
    }

    /// Where the match that starts at `start` ends; nil without one.
    @inline(__always)
    func end(_ bytes: [UInt8], _ start: Int, _ limit: Int) -> Int? {
        let (first, length) = bytes.category(at: start)
        let mayBePrefix = first.isDisjoint(with: [.letter, .number]) && !bytes.isLineEnd(at: start)
        let afterPrefix = mayBePrefix ? start + length : start
        // A mark may be the prefix or the word's first character, and each branch tries both before the next is tried.
        guard
            let end = Self.endOfLower(bytes, afterPrefix, limit)
                ?? (mayBePrefix ? Self.endOfLower(bytes, start, limit) : nil)
                ?? Self.endOfUpper(bytes, afterPrefix, limit)
        else { return nil }
        guard takesContraction, end < limit, bytes[end] == UInt8(ascii: "'") else { return end }
        return Contraction.endInAnyCase(bytes, end + 1, limit, foldsLongS: true) ?? end
    }

    /// `U*L+`. Where no small letter follows the run of U, the run's last character that is an L too ends the match.
    @inline(__always)
    private static func endOfLower(_ bytes: [UInt8], _ start: Int, _ limit: Int) -> Int? {
        var position = start
        var last: Int?
        while position < limit {
            let (next, length) = bytes.category(at: position)
            if next == .lower { return bytes.runEnd(position + length, limit, of: lower) }
            guard upper.contains(next) else { break }
            position += length
            if next != .upper { last = position }
        }
        return last
    }

    /// `U+L*` where `U*L+` matches nothing, so that no L follows.
    @inline(__always)
    private static func endOfUpper(_ bytes: [UInt8], _ start: Int, _ limit: Int) -> Int? {
        let end = bytes.runEnd(start, limit, of: upper)
        return end > start ? end : nil
    }
}
