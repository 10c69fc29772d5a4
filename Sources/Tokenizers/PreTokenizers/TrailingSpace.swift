/// `\s+$`: white space up to the end of a text or of a line.
enum TrailingSpace {
    static let expression = #"\s+$"#

    /// Calls `append` with the stretches that the text falls into, in order, and whether each is a match.
    static func split(
        _ bytes: [UInt8], _ range: Range<Int>, _ append: (_ stretch: Range<Int>, _ isMatch: Bool) -> Void
    ) {
        var start = range.lowerBound
        var position = start
        while position < range.upperBound {
            let (kind, length) = bytes.characterClass(at: position)
            guard kind == .space else {
                position += length
                continue
            }
            let run = WhitespaceRun(bytes, position, range.upperBound)
            if let end = matchEnd(bytes, run, range.upperBound) {
                if start < position { append(start..<position, false) }
                append(position..<end, true)
                start = end
            }
            position = run.end
        }
        if start < range.upperBound { append(start..<range.upperBound, false) }
    }

    /// All of the run at the text's end, else what stands before its last line feed.
    private static func matchEnd(_ bytes: [UInt8], _ run: WhitespaceRun, _ limit: Int) -> Int? {
        if run.end == limit { return limit }
        guard let feed = bytes[run.start..<run.end].lastIndex(of: 0x0A), feed > run.start else { return nil }
        return feed
    }
}
