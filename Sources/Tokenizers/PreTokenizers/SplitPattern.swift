/// What `Split` looks for. A regular expression is one of the known ones, each matched by hand.
enum SplitPattern: Sendable, Equatable {
    case literal([UInt8])
    /// Contractions, and runs of letters, numbers or other signs with the space before them.
    case gpt2
    /// Llama 3's, with at most so many digits in a word; Qwen's has one.
    case llama3(digits: Int)
    /// Any other of known branches.
    case alternatives(SplitAlternatives)
    case digitGroups(DigitGroups)
    case trailingSpace

    /// Those of one branch after another that are matched faster by hand of their own.
    private static let expressions: [String: SplitPattern] = [
        gpt2Expression: .gpt2, llamaExpression("\\p{N}{1,3}"): .llama3(digits: 3),
        llamaExpression("\\p{N}"): .llama3(digits: 1),
    ]

    private static let gpt2Expression =
        #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

    private static func llamaExpression(_ numbers: String) -> String {
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"# + numbers
            + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
    }

    /// The pattern that a tokenizer.json spells as this regular expression; nil for an unknown one.
    init?(expression: String) {
        if let known = Self.expressions[expression] {
            self = known
        } else if let groups = DigitGroups(rawValue: expression) {
            self = .digitGroups(groups)
        } else if expression == TrailingSpace.expression {
            self = .trailingSpace
        } else if let alternatives = SplitAlternatives(expression: expression) {
            self = .alternatives(alternatives)
        } else {
            return nil
        }
    }

    /// The expression in the spelling of tokenizer.json; nil for a literal.
    var expression: String? {
        switch self {
        case .literal: nil
        case .gpt2, .llama3: Self.expressions.first { $0.value == self }?.key
        case .alternatives(let alternatives): alternatives.expression
        case .digitGroups(let groups): groups.rawValue
        case .trailingSpace: TrailingSpace.expression
        }
    }

    func split(
        _ bytes: [UInt8], _ range: Range<Int>, _ behavior: SplitBehavior, inverted: Bool,
        into words: inout [Range<Int>]
    ) {
        // Matches and what lies between them alike become words.
        if behavior == .isolated && !inverted { return isolate(bytes, range, into: &words) }
        var stretches: [SplitBehavior.Stretch] = []
        func add(_ range: Range<Int>, _ isMatch: Bool) {
            stretches.append(.init(range: range, isMatch: isMatch != inverted))
        }
        switch self {
        case .literal(let literal): Self.split(at: literal, bytes, range, add)
        // These match all of any text, so that nothing is left between the matches.
        case .gpt2, .llama3:
            var matches: [Range<Int>] = []
            isolate(bytes, range, into: &matches)
            for match in matches { add(match, true) }
        case .alternatives(let alternatives): alternatives.split(bytes, range, add)
        case .digitGroups(let groups): groups.split(bytes, range, add)
        case .trailingSpace: TrailingSpace.split(bytes, range, add)
        }
        behavior.append(stretches, to: &words)
    }

    private func isolate(_ bytes: [UInt8], _ range: Range<Int>, into words: inout [Range<Int>]) {
        switch self {
        case .literal(let literal): Self.split(at: literal, bytes, range) { stretch, _ in words.append(stretch) }
        case .gpt2: GPT2Splitter.split(bytes, range, into: &words)
        case .llama3(let digits): LlamaSplitter(digits: digits).split(bytes, range, into: &words)
        case .alternatives(let alternatives):
            alternatives.split(bytes, range) { stretch, _ in words.append(stretch) }
        case .digitGroups(let groups): groups.split(bytes, range) { stretch, _ in words.append(stretch) }
        case .trailingSpace: TrailingSpace.split(bytes, range) { stretch, _ in words.append(stretch) }
        }
    }

    private static func split(
        at literal: [UInt8], _ bytes: [UInt8], _ range: Range<Int>,
        _ append: (_ stretch: Range<Int>, _ isMatch: Bool) -> Void
    ) {
        var start = range.lowerBound
        var position = start
        while position < range.upperBound {
            guard bytes.matches(literal, at: position, before: range.upperBound) else {
                position += 1
                continue
            }
            if start < position { append(start..<position, false) }
            append(position..<(position + literal.count), true)
            position += literal.count
            start = position
        }
        if start < range.upperBound { append(start..<range.upperBound, false) }
    }
}
