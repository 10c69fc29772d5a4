/// How a model (the base alone, or the merged weights) compares with the reference on one prompt.
struct PromptDifference: Equatable {
    /// What the model itself says after the prompt.
    let generation: Generation
    /// max |reference − model| over the logits of all positions.
    let maximum: Double
    /// Σ (reference − model)² over them.
    let squaredSum: Double
    /// Σ KL(reference ‖ model) over positions, in nats.
    let klSum: Double
    /// Positions at which both have the same greedy token.
    let agreements: Int
    let positions: Int
    /// Where the texts part: how far apart the reference's logits of the two tokens are. nil for the same text.
    let divergenceMargin: Double?

    /// Compares rows of the reference with the model's at the same positions after the same tokens.
    ///
    /// - Parameter promptTokens: the number of the prompt's tokens: row `promptTokens − 1` predicts the first new one.
    init(
        reference: [[Float]], model: [[Float]], referenceGeneration: Generation, generation: Generation,
        promptTokens: Int
    ) {
        self.generation = generation
        let differences = zip(reference, model).map { Metrics.logitDifference($0, $1) }
        maximum = differences.map(\.maximum).max() ?? 0
        squaredSum = differences.reduce(0) { $0 + $1.squaredSum }
        klSum = zip(reference, model).reduce(0) { $0 + Metrics.kullbackLeibler($1.0, $1.1) }
        agreements = zip(reference, model).count(where: { argmax($0) == argmax($1) })
        positions = reference.count
        // Up to the first difference both have fed the same tokens, so the reference's row speaks for both.
        let pairs = zip(referenceGeneration.decisions, generation.decisions)
        divergenceMargin = pairs.enumerated().first { $1.0 != $1.1 }.map { step, pair in
            let row = reference[promptTokens - 1 + step]
            return abs(Double(row[pair.0]) - Double(row[pair.1]))
        }
    }
}

/// How a model compares with the reference on every prompt.
package struct ParityMeasurement: Equatable {
    let prompts: [PromptDifference]

    /// What the model answered every prompt.
    package var answers: [Generation] { prompts.map(\.generation) }
    /// max |reference − model| over all logits.
    package var maximum: Double { prompts.map(\.maximum).max() ?? 0 }
    /// Σ (reference − model)² over all logits.
    var squaredSum: Double { prompts.reduce(0) { $0 + $1.squaredSum } }
    /// The mean of KL(reference ‖ model) over positions, in nats.
    package var meanKL: Double { prompts.reduce(0) { $0 + $1.klSum } / Double(positions) }
    /// The share of positions with the same greedy token.
    package var top1Agreement: Double { Double(prompts.reduce(0) { $0 + $1.agreements }) / Double(positions) }
    /// Whether every prompt's greedy text came out the same.
    package var hasIdenticalText: Bool { prompts.allSatisfy { $0.divergenceMargin == nil } }

    private var positions: Int { prompts.reduce(0) { $0 + $1.positions } }
}
