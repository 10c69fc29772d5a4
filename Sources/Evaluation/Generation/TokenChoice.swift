/// How the next token is chosen from the logits.
package enum TokenChoice: Sendable, Equatable {
    /// The largest logit, the lowest id on a tie.
    case greedy
    case sampled(Sampling)

    /// - Parameters:
    ///   - logits: of the whole vocabulary.
    ///   - place: how many tokens were chosen before.
    /// - Returns: the token's id; nil where a logit is not finite.
    func next(_ logits: [Float], place: Int) -> Int? {
        switch self {
        case .greedy: argmax(logits)
        case .sampled(let sampling): sampling.next(logits, place: place)
        }
    }
}
