/// What one model makes of one row.
package struct RowScore: Equatable, Sendable {
    /// −Σ log p over the tokens of the row's own completion, in nats.
    package let negativeLogLikelihood: Double
    /// How many tokens that is.
    package let tokens: Int
    /// With choices: whether the row's own completion has the highest summed log-likelihood, the first choice winning
    /// a tie. Without: whether greedy decoding from what is given yields exactly the row's tokens.
    package let isCorrect: Bool
    /// With choices: the softmax over the choices' summed log-likelihoods at the one that won.
    package let confidence: Double?

    /// Judges `plan` by the scores of its labels, `scores[sequence][label]`; all finite.
    init(_ plan: RowPlan, scores: [[LabelScore]]) {
        let likelihoods = plan.candidates.map { addresses in
            addresses.reduce(0.0) { $0 + Double(scores[$1.sequence][$1.label].logProbability) }
        }
        let own = plan.candidates[plan.own]
        negativeLogLikelihood = -likelihoods[plan.own]
        tokens = own.count
        if plan.candidates.count == 1 {
            // What precedes each token is the row's own, so all tokens are greedy exactly when decoding yields them.
            isCorrect = own.allSatisfy { scores[$0.sequence][$0.label].isGreedy }
            confidence = nil
        } else {
            let winner = likelihoods.indices.dropFirst().reduce(0) { likelihoods[$1] > likelihoods[$0] ? $1 : $0 }
            isCorrect = winner == plan.own
            confidence = Metrics.softmax(likelihoods)[winner]
        }
    }
}
