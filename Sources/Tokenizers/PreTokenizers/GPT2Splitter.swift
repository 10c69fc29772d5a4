/// GPT-2's pre-tokenizer, the pattern
/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`, matched by hand.
enum GPT2Splitter {
    private static let contractions: [[Unicode.Scalar]] = ["s", "t", "re", "ve", "m", "ll", "d"].map {
        Array($0.unicodeScalars)
    }

    static func split(_ text: [Unicode.Scalar], _ range: Range<Int>) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = range.lowerBound
        while start < range.upperBound {
            let end = matchEnd(text, start, range.upperBound)
            ranges.append(start..<end)
            start = end
        }
        return ranges
    }

    private static func matchEnd(_ text: [Unicode.Scalar], _ start: Int, _ limit: Int) -> Int {
        if text[start] == "'", let end = contractionEnd(text, start + 1, limit) { return end }
        let afterSpace = text[start] == " " && start + 1 < limit ? start + 1 : start
        let first = CharacterClass(text[afterSpace])
        if first != .space { return runEnd(text, afterSpace, limit, first) }
        let end = runEnd(text, start, limit, .space)
        // White space before a word leaves its last character to the word.
        return end < limit && end - start > 1 ? end - 1 : end
    }

    private static func contractionEnd(_ text: [Unicode.Scalar], _ start: Int, _ limit: Int) -> Int? {
        for letters in contractions where start + letters.count <= limit {
            if text[start..<(start + letters.count)].elementsEqual(letters) { return start + letters.count }
        }
        return nil
    }

    private static func runEnd(_ text: [Unicode.Scalar], _ start: Int, _ limit: Int, _ kind: CharacterClass) -> Int {
        var end = start + 1
        while end < limit, CharacterClass(text[end]) == kind { end += 1 }
        return end
    }
}
