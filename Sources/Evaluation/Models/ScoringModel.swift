/// What evaluation needs of a model. Calls come from one thread at a time; nothing is trained (dropout is off).
package protocol ScoringModel: AnyObject {
    /// The most tokens a sequence may have.
    var maximumPositions: Int { get }
    /// The length of a row of logits.
    var vocabularySize: Int { get }
    /// Whether what sequences of a call have in common, from their beginning on, is computed once.
    var computesPrefixesOnce: Bool { get }

    /// log p(target) for each label, in the order given, one array a sequence.
    ///
    /// A sequence never sees another: the result does not depend on how the caller packs sequences into calls, up to
    /// the rounding of the matrix products. The caller keeps a call within its token budget.
    func logProbabilities(_ sequences: [ScoredSequence]) throws -> [[Float]]

    /// As `logProbabilities`, and whether each target is the greedy choice.
    func labelScores(_ sequences: [ScoredSequence]) throws -> [[LabelScore]]

    /// The logits at `positions` of one sequence, a row of `vocabularySize` each. For few rows.
    func logits(_ tokens: [Int], positions: Range<Int>) throws -> [[Float]]

    /// A decoder with an empty key-value cache that can hold `capacity` tokens.
    func makeDecoder(capacity: Int) throws -> any IncrementalDecoder
}

/// Token-by-token inference over a key-value cache.
package protocol IncrementalDecoder: AnyObject {
    /// Appends `tokens` (at least one) to what was fed before and returns the logits after the last of them.
    func feed(_ tokens: [Int]) throws -> [Float]
}
