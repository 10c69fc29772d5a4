/// What to ask the model about one row.
///
/// The last token of a sequence is never fed: it is only predicted. So candidates of one token each need no more than
/// the prompt, whose last row predicts all of them: one forward pass a row instead of one a choice, with the same
/// numbers. In general a candidate is read off another one's sequence where it feeds a prefix of the same tokens.
package struct RowPlan: Equatable, Sendable {
    /// Where a label stands in `sequences`.
    package struct Address: Equatable, Sendable {
        package let sequence: Int
        package let label: Int
    }

    /// The distinct sequences to feed.
    package private(set) var sequences: [ScoredSequence] = []
    /// For each candidate completion the labels of its tokens, in order; one candidate where there are no choices.
    package private(set) var candidates: [[Address]]
    /// Which candidate is the row's own completion.
    package let own: Int

    /// Scores the marked tokens of a row.
    package init(_ tokens: RowTokens) {
        let labels = tokens.scored.map { Label(position: $0 - 1, target: tokens.ids[$0]) }
        let fed = (tokens.scored.last ?? 0)
        sequences = [ScoredSequence(tokens: Array(tokens.ids[..<fed]), labels: labels)]
        candidates = [labels.indices.map { Address(sequence: 0, label: $0) }]
        own = 0
    }

    /// Scores every choice after `prompt`; neither may be empty.
    package init(prompt: [Int], choices: [[Int]], own: Int) {
        precondition(!prompt.isEmpty && choices.allSatisfy { !$0.isEmpty } && choices.indices.contains(own))
        self.own = own
        candidates = choices.map { _ in [] }
        let wanted = choices.map { choice in
            choice.enumerated().map { Label(position: prompt.count - 1 + $0, target: $1) }
        }
        var home = [Int](repeating: 0, count: choices.count)
        // Longest first, so that whatever a candidate can ride along with is already there.
        for index in choices.indices.sorted(by: { (choices[$1].count, $0) < (choices[$0].count, $1) }) {
            let fed = prompt + choices[index].dropLast()
            home[index] = sequences.firstIndex { $0.tokens.starts(with: fed) } ?? sequences.count
            if home[index] == sequences.count { sequences.append(ScoredSequence(tokens: fed, labels: [])) }
        }
        for sequence in sequences.indices {
            let labels = choices.indices.filter { home[$0] == sequence }.flatMap { wanted[$0] }
            sequences[sequence].labels = Set(labels).sorted()
        }
        candidates = choices.indices.map { index in
            wanted[index].map { label in
                // Every wanted label was just put there.
                Address(sequence: home[index], label: sequences[home[index]].labels.firstIndex(of: label)!)
            }
        }
    }

    /// The longest sequence's number of tokens.
    package var longest: Int { sequences.map(\.tokens.count).max() ?? 0 }
}
