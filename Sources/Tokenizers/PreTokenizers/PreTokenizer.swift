/// Cuts text into the stretches within which tokens are merged.
enum PreTokenizer: Sendable, Equatable {
    /// Every digit stands alone.
    case digits
    /// GPT-2's pattern: contractions, and runs of letters, numbers or other signs with the space before them.
    case gpt2
    /// One after the other.
    case sequence([PreTokenizer])
    /// No cut.
    case whole

    /// Ranges that cover `range` of `text` in order.
    func split(_ text: [Unicode.Scalar], _ range: Range<Int>) -> [Range<Int>] {
        switch self {
        case .whole: [range]
        case .digits: DigitSplitter.split(text, range)
        case .gpt2: GPT2Splitter.split(text, range)
        case .sequence(let steps):
            steps.reduce([range]) { ranges, step in ranges.flatMap { step.split(text, $0) } }
        }
    }
}
