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
    /// What tells whether greedy decoding says the row; nil where choices are compared.
    package private(set) var greedy: Greedy?

    /// What must be a model's first choice for greedy decoding to say the row.
    ///
    /// Nothing is generated: what precedes each token is the row's own, so decoding yields the row exactly where each of
    /// its tokens comes first after those before it, and one pass over the row tells.
    package struct Greedy: Equatable, Sendable {
        /// All of these.
        package let said: [Address]
        /// One of these; empty where no end need follow.
        package let ends: [Address]
        /// False where decoding stops before the row does, whatever the model: the row is not said.
        package let isReachable: Bool
    }

    /// Scores the marked tokens of a row. Where an end is asked for after them, the last of them is fed too.
    package init(_ tokens: RowTokens, rule: GreedyRule = GreedyRule()) {
        let reading = rule.reading(tokens)
        let last = tokens.scored.last ?? 0
        let labels = tokens.scored.map { Label(position: $0 - 1, target: tokens.ids[$0]) }
        let ends = reading.asksEnd ? rule.endTokens.sorted().map { Label(position: last, target: $0) } : []
        let fed = Array(tokens.ids[..<(ends.isEmpty ? last : last + 1)])
        sequences = [ScoredSequence(tokens: fed, labels: labels + ends)]
        candidates = [labels.indices.map { Address(sequence: 0, label: $0) }]
        own = 0
        greedy = Greedy(
            said: reading.said.map { Address(sequence: 0, label: $0) },
            ends: ends.indices.map { Address(sequence: 0, label: labels.count + $0) },
            isReachable: reading.isReachable)
    }

    /// Scores every choice after `prompt`; neither may be empty.
    package init(prompt: [Int], choices: [[Int]], own: Int) {
        precondition(!prompt.isEmpty && choices.allSatisfy { !$0.isEmpty } && choices.indices.contains(own))
        self.own = own
        greedy = nil
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

    /// The row's own tokens, what is given and what is scored, up to the last that is scored.
    package var ownTokens: [Int] {
        let labels = candidates[own].map { sequences[$0.sequence].labels[$0.label] }
        guard let first = labels.first, let last = labels.last, let address = candidates[own].last else { return [] }
        let fed = sequences[address.sequence].tokens
        // Of choices another one may be fed: its tokens come after the prompt.
        if greedy == nil { return fed.prefix(first.position + 1) + labels.map(\.target) }
        return fed.prefix(last.position + 1) + [last.target]
    }

    /// The longest sequence's number of tokens.
    package var longest: Int { sequences.map(\.tokens.count).max() ?? 0 }
}
