/// How many tokens of each text stay where both together are too long.
enum Truncation {
    /// `longest_first`: the longer text is cut to what the shorter leaves; where both are longer than half, each gets
    /// half, and the longer one the odd token.
    ///
    /// - Parameter second: nil for a single text.
    static func longestFirst(_ first: Int, _ second: Int?, to limit: Int) -> (first: Int, second: Int) {
        guard let second else { return (min(first, limit), 0) }
        guard first + second > limit else { return (first, second) }
        let isSwapped = first > second
        var shorter = min(first, second)
        var longer = max(shorter, limit - shorter)
        if shorter + longer > limit {
            shorter = limit / 2
            longer = shorter + limit % 2
        }
        return isSwapped ? (longer, shorter) : (shorter, longer)
    }
}
