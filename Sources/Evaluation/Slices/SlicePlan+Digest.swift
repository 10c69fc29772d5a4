extension SlicePlan {
    /// SHA-256 of all that a model is asked about the rows, and of what is made of its answers: two plans of one digest have
    /// the same scores. Lines and slices are none of it.
    package var digest: String {
        var digest = NumberDigest()
        digest.add(hasChoices ? 1 : 0)
        digest.add(hasAccuracy ? 1 : 0)
        digest.add(rows.count)
        for row in rows { row.plan.add(to: &digest) }
        return digest.hexadecimal()
    }

    /// Whether these can be scores of the rows, one each in their order.
    package func admits(_ scores: [RowScore]) -> Bool {
        scores.count == rows.count
            && zip(rows, scores).allSatisfy { row, score in
                row.plan.candidates[row.plan.own].count == score.tokens && hasChoices == (score.confidence != nil)
            }
    }
}

extension RowPlan {
    fileprivate func add(to digest: inout NumberDigest) {
        digest.add(sequences.count)
        for sequence in sequences {
            digest.add(sequence.tokens)
            digest.add(sequence.labels.flatMap { [$0.position, $0.target] })
        }
        digest.add(own)
        digest.add(candidates.count)
        for candidate in candidates { digest.add(Self.numbers(candidate)) }
        guard let greedy else { return digest.add(-1) }
        digest.add(greedy.isReachable ? 1 : 0)
        digest.add(Self.numbers(greedy.said))
        digest.add(Self.numbers(greedy.ends))
    }

    private static func numbers(_ addresses: [Address]) -> [Int] { addresses.flatMap { [$0.sequence, $0.label] } }
}
