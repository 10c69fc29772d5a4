/// Whether the adapter gave the same bits where it was put the same prompt twice: `repetition` in `parity` and `unmerged`.
package struct RepetitionReport: Codable, Sendable, Equatable {
    /// Prompts that were put twice, the first ones.
    package var prompts: Int
    /// Whether every token and every bit of their logits came out the same.
    package var identical: Bool
    /// The first prompt of which not, by its id.
    package var differing: String?

    package init(prompts: Int, identical: Bool, differing: String? = nil) {
        (self.prompts, self.identical, self.differing) = (prompts, identical, differing)
    }
}

extension RunReport {
    /// That of the prompts, whether the adapter can be merged or not; nil in a report of an earlier lorad.
    package var repetition: RepetitionReport? { parity?.repetition ?? unmerged?.repetition }
}
