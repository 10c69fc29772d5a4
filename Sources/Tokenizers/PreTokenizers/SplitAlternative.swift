/// One branch of a pattern that cuts text into words, matched by hand at a place and in one pass.
enum SplitAlternative: Sendable, Hashable {
    /// `'s|'t|'re|'ve|'m|'ll|'d`, in either case where `anyCase`; `foldsLongS`: U+017F is an s then.
    case contraction(anyCase: Bool, foldsLongS: Bool)
    case run(CharacterRun)
    /// A sign of ASCII and the Latin letters after it.
    case lettersAfterSign
    case casedWord(CasedWord)
    /// `\s*[\r\n]+`
    case lineEnds
    /// `\s+(?!\S)`: white space but for the last before a word.
    case spaceBeforeSpace
    /// `\s+`
    case space

    /// `[0-9][0-9][0-9]`
    static let threeDigits = SplitAlternative.run(CharacterRun(members: .ranges(.digits), count: 3...3))

    /// Where the match that starts at `start` ends; nil without one. Never where it starts.
    @inline(__always)
    func end(_ bytes: [UInt8], _ start: Int, _ limit: Int, _ spaces: inout WhitespaceCursor) -> Int? {
        switch self {
        case .contraction(let anyCase, let foldsLongS):
            guard bytes[start] == UInt8(ascii: "'") else { return nil }
            return anyCase
                ? Contraction.endInAnyCase(bytes, start + 1, limit, foldsLongS: foldsLongS)
                : Contraction.end(bytes, start + 1, limit)
        case .run(let run): return run.end(bytes, start, limit)
        case .lettersAfterSign:
            guard ScalarRanges.signs.contains(bytes.scalar(at: start).scalar) else { return nil }
            var end = start + 1
            while end < limit, (0x61...0x7A).contains(bytes[end] | 0x20) { end += 1 }
            return end > start + 1 ? end : nil
        case .casedWord(let word): return word.end(bytes, start, limit)
        case .lineEnds: return spaces.run(bytes, start, limit)?.lineEnd(after: start)
        case .spaceBeforeSpace: return spaces.run(bytes, start, limit)?.endBeforeSpace(from: start)
        case .space: return spaces.run(bytes, start, limit)?.end
        }
    }
}

/// The run of white space that a place lies in. A run is looked at once, however many branches and places ask, so that
/// cutting takes time in proportion to the text.
struct WhitespaceCursor {
    private var current: WhitespaceRun?

    @inline(__always)
    mutating func run(_ bytes: [UInt8], _ position: Int, _ limit: Int) -> WhitespaceRun? {
        if let current, current.start <= position, position < current.end { return current }
        guard bytes.characterClass(at: position).kind == .space else { return nil }
        current = WhitespaceRun(bytes, position, limit)
        return current
    }
}
