import Tensors

/// A run of steps that one variant of the kernels computed. A training run has several where it was resumed on a CPU that
/// lacks the first one's instructions, or by a build whose kernels round otherwise: then it may end in other bits than an
/// undisturbed run.
package struct KernelSpan: Codable, Sendable, Equatable {
    /// A variant's name, as `KernelVariant` spells it; `unknown` in a checkpoint that does not say.
    package let variant: String
    /// The number of its arithmetic; 0 where unknown.
    package let number: Int
    /// The steps that were done before.
    package let firstStep: Int

    /// No run is resumed on another CPU more often.
    private static let mostSpans = 1024

    package init(variant: String, number: Int, firstStep: Int) {
        self.variant = variant
        self.number = number
        self.firstStep = firstStep
    }

    /// What computes here, from `firstStep` on.
    package static func here(from firstStep: Int) -> KernelSpan {
        KernelSpan(variant: KernelVariant.chosen.name, number: KernelVariant.number, firstStep: firstStep)
    }

    /// Of a checkpoint that says nothing.
    static let unknown = KernelSpan(variant: "unknown", number: 0, firstStep: 0)

    /// Whether both compute the same bits.
    package func agrees(with other: KernelSpan) -> Bool { variant == other.variant && number == other.number }

    package enum CodingKeys: String, CodingKey {
        case variant, number
        case firstStep = "first_step"
    }

    /// As a checkpoint keeps them: `x86-64-v3 2 0, x86-64-v4 2 40`.
    static func text(_ spans: [KernelSpan]) -> String {
        spans.map { "\($0.variant) \($0.number) \($0.firstStep)" }.joined(separator: ", ")
    }

    /// The reverse of `text`; nil where it is not one.
    static func spans(_ text: String) -> [KernelSpan]? {
        let parts = text.split(separator: ",", maxSplits: mostSpans, omittingEmptySubsequences: false)
        let spans = parts.compactMap { part -> KernelSpan? in
            let words = part.split(separator: " ")
            guard words.count == 3, let number = Int(words[1]), let step = Int(words[2]), number >= 0, step >= 0,
                words[0].utf8.count <= 32
            else { return nil }
            return KernelSpan(variant: String(words[0]), number: number, firstStep: step)
        }
        return spans.count == parts.count && !spans.isEmpty ? spans : nil
    }
}
