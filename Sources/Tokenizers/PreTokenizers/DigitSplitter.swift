/// Cuts every number character off on its own, as `Digits` with `individual_digits` does.
enum DigitSplitter {
    static func split(_ text: [Unicode.Scalar], _ range: Range<Int>) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = range.lowerBound
        for position in range where CharacterClass(text[position]) == .number {
            if start < position { ranges.append(start..<position) }
            ranges.append(position..<(position + 1))
            start = position + 1
        }
        if start < range.upperBound { ranges.append(start..<range.upperBound) }
        return ranges
    }
}
