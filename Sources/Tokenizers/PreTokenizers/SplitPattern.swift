/// What `Split` looks for. A regular expression is one of the known ones, each matched by hand.
enum SplitPattern: Sendable, Equatable {
    case literal([UInt8])
    /// Contractions, and runs of letters, numbers or other signs with the space before them.
    case gpt2
    /// Llama 3's, with at most so many digits in a word; Qwen's has one.
    case llama3(digits: Int)

    /// The known expressions, as tokenizer.json files spell them.
    static let expressions: [String: SplitPattern] = [
        gpt2Expression: .gpt2, llamaExpression("\\p{N}{1,3}"): .llama3(digits: 3),
        llamaExpression("\\p{N}"): .llama3(digits: 1),
    ]

    private static let gpt2Expression =
        #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

    private static func llamaExpression(_ numbers: String) -> String {
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"# + numbers
            + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
    }

    /// The expression in the spelling of tokenizer.json; nil for a literal.
    var expression: String? {
        switch self {
        case .literal: nil
        default: Self.expressions.first { $0.value == self }?.key
        }
    }

    func split(
        _ bytes: [UInt8], _ range: Range<Int>, _ behavior: SplitBehavior, inverted: Bool,
        into words: inout [Range<Int>]
    ) {
        switch self {
        case .literal(let literal):
            behavior.append(Self.stretches(of: literal, bytes, range, inverted: inverted), to: &words)
        // These match all of any text, so that nothing is left between the matches.
        case .gpt2:
            if !inverted && behavior == .isolated { return GPT2Splitter.split(bytes, range, into: &words) }
            var matches: [Range<Int>] = []
            GPT2Splitter.split(bytes, range, into: &matches)
            behavior.append(matches.map { .init(range: $0, isMatch: !inverted) }, to: &words)
        case .llama3(let digits):
            let splitter = LlamaSplitter(digits: digits)
            if !inverted && behavior == .isolated { return splitter.split(bytes, range, into: &words) }
            var matches: [Range<Int>] = []
            splitter.split(bytes, range, into: &matches)
            behavior.append(matches.map { .init(range: $0, isMatch: !inverted) }, to: &words)
        }
    }

    private static func stretches(
        of literal: [UInt8], _ bytes: [UInt8], _ range: Range<Int>, inverted: Bool
    ) -> [SplitBehavior.Stretch] {
        var stretches: [SplitBehavior.Stretch] = []
        var start = range.lowerBound
        var position = start
        while position < range.upperBound {
            guard bytes.matches(literal, at: position, before: range.upperBound) else {
                position += 1
                continue
            }
            if start < position { stretches.append(.init(range: start..<position, isMatch: inverted)) }
            stretches.append(.init(range: position..<(position + literal.count), isMatch: !inverted))
            position += literal.count
            start = position
        }
        if start < range.upperBound { stretches.append(.init(range: start..<range.upperBound, isMatch: inverted)) }
        return stretches
    }
}
