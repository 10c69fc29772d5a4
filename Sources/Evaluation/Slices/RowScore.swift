/// What one model makes of one row.
package struct RowScore: Equatable, Sendable {
    /// −Σ log p over the tokens of the row's own completion, in nats.
    package let negativeLogLikelihood: Double
    /// How many tokens that is.
    package let tokens: Int
    /// With choices: whether the row's own completion has the highest summed log-likelihood, the first choice winning
    /// a tie. Without: whether greedy decoding from what is given says exactly the row; see `GreedyRule`.
    package let isCorrect: Bool
    /// With choices: the softmax over the choices' summed log-likelihoods at the one that won.
    package let confidence: Double?

    /// One that was computed before.
    package init(negativeLogLikelihood: Double, tokens: Int, isCorrect: Bool, confidence: Double?) {
        self.negativeLogLikelihood = negativeLogLikelihood
        self.tokens = tokens
        self.isCorrect = isCorrect
        self.confidence = confidence
    }

    /// Judges `plan` by the scores of its labels, `scores[sequence][label]`; all finite.
    package init(_ plan: RowPlan, scores: [[LabelScore]]) {
        let likelihoods = plan.candidates.map { addresses in
            addresses.reduce(0.0) { $0 + Double(scores[$1.sequence][$1.label].logProbability) }
        }
        let own = plan.candidates[plan.own]
        negativeLogLikelihood = -likelihoods[plan.own]
        tokens = own.count
        if let greedy = plan.greedy {
            func isGreedy(_ address: RowPlan.Address) -> Bool { scores[address.sequence][address.label].isGreedy }
            isCorrect =
                greedy.isReachable && greedy.said.allSatisfy(isGreedy)
                && (greedy.ends.isEmpty || greedy.ends.contains(where: isGreedy))
            confidence = nil
        } else {
            let winner = likelihoods.indices.dropFirst().reduce(0) { likelihoods[$1] > likelihoods[$0] ? $1 : $0 }
            isCorrect = winner == plan.own
            confidence = Metrics.softmax(likelihoods)[winner]
        }
    }
}
