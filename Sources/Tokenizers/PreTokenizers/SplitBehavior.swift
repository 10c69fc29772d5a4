/// What becomes of the matches at which text is cut.
enum SplitBehavior: String, Sendable, CaseIterable {
    case removed = "Removed"
    case isolated = "Isolated"
    case mergedWithPrevious = "MergedWithPrevious"
    case mergedWithNext = "MergedWithNext"
    case contiguous = "Contiguous"

    /// A stretch of text that a pattern matched, or what lies between two of those.
    struct Stretch {
        var range: Range<Int>
        var isMatch: Bool
    }

    /// Appends the words that `stretches`, which cover the text in order, become.
    func append(_ stretches: [Stretch], to words: inout [Range<Int>]) {
        switch self {
        case .removed: words += stretches.lazy.filter { !$0.isMatch }.map(\.range)
        case .isolated: words += stretches.lazy.map(\.range)
        case .contiguous: join(stretches, into: &words) { $0.isMatch == $1.isMatch }
        // Of several matches in a row the first alone joins what stands before it, and the last what follows.
        case .mergedWithPrevious: join(stretches, into: &words) { !$0.isMatch && $1.isMatch }
        case .mergedWithNext: join(stretches, into: &words) { $0.isMatch && !$1.isMatch }
        }
    }

    private func join(
        _ stretches: [Stretch], into words: inout [Range<Int>], where joins: (Stretch, Stretch) -> Bool
    ) {
        var last: Stretch?
        for stretch in stretches {
            if let last, joins(last, stretch) {
                words[words.count - 1] = words[words.count - 1].lowerBound..<stretch.range.upperBound
            } else {
                words.append(stretch.range)
            }
            last = stretch
        }
    }
}
