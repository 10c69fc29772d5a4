/// A token whose probability is wanted: the model's output row at `position` predicts `target`.
package struct Label: Hashable, Comparable, Sendable {
    /// Index into the sequence's tokens, from 0; the row that predicts, so one before the target's own place.
    package let position: Int
    /// The token id that is predicted.
    package let target: Int

    package init(position: Int, target: Int) {
        self.position = position
        self.target = target
    }

    package static func < (left: Label, right: Label) -> Bool {
        (left.position, left.target) < (right.position, right.target)
    }
}

/// Tokens to feed, and the labels to read off the model's output rows.
///
/// A position may carry several labels: candidates for the same next token are read off one row.
package struct ScoredSequence: Equatable, Sendable {
    package var tokens: [Int]
    /// Ascending.
    package var labels: [Label]

    package init(tokens: [Int], labels: [Label]) {
        self.tokens = tokens
        self.labels = labels
    }

    /// Where the first label stands; the number of tokens where there is none.
    package var firstLabel: Int { labels.first?.position ?? tokens.count }
}

/// What the model says about one label.
package struct LabelScore: Equatable, Sendable {
    /// log p(target), natural logarithm.
    package let logProbability: Float
    /// Whether greedy decoding would have chosen the target: no other token's logit is higher, and no token with a
    /// lower id has an equal one.
    package let isGreedy: Bool

    package init(logProbability: Float, isGreedy: Bool) {
        self.logProbability = logProbability
        self.isGreedy = isGreedy
    }

    /// Reads the score of `target` off its row of logits.
    package init(logits: [Float], target: Int) {
        let normalizer = Metrics.logSumExp(logits.lazy.map(Double.init))
        logProbability = Float(Double(logits[target]) - normalizer)
        isGreedy = argmax(logits) == target
    }
}
