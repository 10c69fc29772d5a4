/// How a low-rank adapter is shaped: W0 + alpha/rank · B·A, https://arxiv.org/abs/2106.09685.
package struct LoRAConfiguration: Sendable, Equatable {
    /// `r`, rows of A and columns of B.
    package var rank: Int
    package var alpha: Float
    /// Probability with which an element of the branch's input is dropped while training.
    package var dropout: Float
    /// Which projections: names (`q_proj`), path suffixes (`layers.0.self_attn.q_proj`), or `all-linear`.
    package var targets: [String]

    /// More than any matrix of a model has rows.
    static let largestRank = 1 << 16

    package init(rank: Int = 8, alpha: Float = 16, dropout: Float = 0, targets: [String] = ["q_proj", "v_proj"]) {
        self.rank = rank
        self.alpha = alpha
        self.dropout = dropout
        self.targets = targets
    }

    /// alpha/rank, the factor on B·A.
    package var scaling: Float { alpha / Float(rank) }
}
