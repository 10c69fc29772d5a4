/// What base and adapter answered, where there are no merged weights to compare with.
package struct AnswerComparison {
    /// max |adapter − base| over all logits: what the adapter changed.
    package let maxAbsUpdate: Double
    /// How far such a figure may lie from another one of the same adapter, see `ParityTolerance`.
    package let tolerance: Double
    /// Whether the adapter changes nothing.
    package let isZero: Bool
    /// One for each prompt, in their order.
    package let answers: [(prompt: RegressionPrompt, baseText: String, adapter: Generation)]

    /// Of `base`, measured against `adapter` on `prompts`, in the same order.
    package init(prompts: [RegressionPrompt], adapter: ParityReference, base: ParityMeasurement) {
        precondition([adapter.generations.count, base.prompts.count].allSatisfy { $0 == prompts.count })
        maxAbsUpdate = base.maximum
        tolerance = ParityTolerance(.float32).absolute(largestLogit: adapter.largestLogit)
        isZero = base.maximum <= ParityTolerance.smallestUpdate * max(1, adapter.largestLogit)
        answers = prompts.indices.map {
            (prompts[$0], base.prompts[$0].generation.text, adapter.generations[$0])
        }
    }
}
