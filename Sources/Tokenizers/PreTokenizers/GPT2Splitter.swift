/// GPT-2's pre-tokenizer, the pattern
/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`, matched by hand.
enum GPT2Splitter {
    static func split(_ bytes: [UInt8], _ range: Range<Int>, into words: inout [Range<Int>]) {
        var start = range.lowerBound
        while start < range.upperBound {
            let end = matchEnd(bytes, start, range.upperBound)
            words.append(start..<end)
            start = end
        }
    }

    @inline(__always)
    private static func matchEnd(_ bytes: [UInt8], _ start: Int, _ limit: Int) -> Int {
        if bytes[start] == UInt8(ascii: "'"), let end = Contraction.end(bytes, start + 1, limit) { return end }
        let afterSpace = bytes[start] == 0x20 && start + 1 < limit ? start + 1 : start
        let (first, _) = bytes.characterClass(at: afterSpace)
        if first != .space { return bytes.runEnd(afterSpace, limit, first) }
        return WhitespaceRun(bytes, start, limit).endBeforeWord
    }
}

/// A run of white space.
struct WhitespaceRun {
    let start: Int
    let end: Int
    /// Where its last character starts.
    let lastStart: Int
    /// Where its last line end (CR or LF) ends; nil without one.
    let lineEnd: Int?
    private let limit: Int

    init(_ bytes: [UInt8], _ start: Int, _ limit: Int) {
        var position = start
        var last = start
        var lineEnd: Int?
        while position < limit {
            let (kind, length) = bytes.characterClass(at: position)
            guard kind == .space else { break }
            if bytes[position] == 0x0A || bytes[position] == 0x0D { lineEnd = position + 1 }
            last = position
            position += length
        }
        self.start = start
        self.lineEnd = lineEnd
        self.limit = limit
        end = position
        lastStart = last
    }

    /// `\s+(?!\S)|\s+`: white space before a word leaves its last character to the word.
    var endBeforeWord: Int { endBeforeSpace(from: start) ?? end }

    /// `\s+(?!\S)` from a place within the run: nil for the last character before a word.
    func endBeforeSpace(from position: Int) -> Int? {
        if end == limit { return end }
        return lastStart > position ? lastStart : nil
    }

    /// `\s*[\r\n]+` from a place within the run.
    func lineEnd(after position: Int) -> Int? {
        guard let lineEnd, lineEnd > position else { return nil }
        return lineEnd
    }
}

/// `'s`, `'t`, `'re`, `'ve`, `'m`, `'ll`, `'d`.
enum Contraction {
    /// Where the letters after an apostrophe end; nil where they are no contraction. `fold` is 0x20 to ignore case.
    @inline(__always)
    static func end(_ bytes: [UInt8], _ start: Int, _ limit: Int, fold: UInt8 = 0) -> Int? {
        guard start < limit else { return nil }
        let first = bytes[start] | fold
        switch first {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return start + 1
        case UInt8(ascii: "r"), UInt8(ascii: "v"), UInt8(ascii: "l"):
            guard start + 1 < limit else { return nil }
            let second = bytes[start + 1] | fold
            let wanted = first == UInt8(ascii: "l") ? UInt8(ascii: "l") : UInt8(ascii: "e")
            return second == wanted ? start + 2 : nil
        default: return nil
        }
    }

    /// The same in either case, where the long s, U+017F, may be an s in another case too.
    @inline(__always)
    static func endInAnyCase(_ bytes: [UInt8], _ start: Int, _ limit: Int, foldsLongS: Bool) -> Int? {
        if let end = end(bytes, start, limit, fold: 0x20) { return end }
        guard foldsLongS, start + 1 < limit, bytes[start] == 0xC5, bytes[start + 1] == 0xBF else { return nil }
        return start + 2
    }
}
