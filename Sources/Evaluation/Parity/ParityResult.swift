/// Whether the merged weights behave as the unmerged ones: `parity` in report.json.
package struct ParityResult: Codable, Equatable, Sendable {
    /// Whether `failures` is empty. Expectations are judged apart, see `expectationsPassed`.
    package let passed: Bool
    /// Why not, where not.
    package let failures: [ParityFailure]
    /// The precision that parity is proved for: `float32`, `float16` or `bfloat16`.
    package let dtype: String
    /// Allowed max |adapter − merged| in logits.
    package let tolerance: Double
    /// max |adapter − merged| over every prompt's logits.
    package let maxAbsLogitDifference: Double
    /// The mean over positions of KL(adapter ‖ merged), in nats.
    package let meanKL: Double
    /// The share of positions at which adapter and merged weights choose the same token.
    package let top1Agreement: Double
    /// Whether adapter and merged weights gave the same text for every prompt.
    package let identicalText: Bool
    /// max |adapter − base|: what the adapter changed.
    package let maxAbsUpdate: Double
    /// ‖adapter − merged‖ / ‖adapter − base‖: the share of the update that merging lost. nil for a zero update.
    package let lostShare: Double?
    package let prompts: [PromptParityResult]

    /// Whether the adapter's texts meet every expectation.
    package var expectationsPassed: Bool { prompts.allSatisfy { $0.expectation?.passed ?? true } }

    enum CodingKeys: String, CodingKey {
        case passed, failures, dtype, tolerance, prompts
        case maxAbsLogitDifference = "max_abs_logit_difference"
        case meanKL = "mean_kl"
        case top1Agreement = "top1_agreement"
        case identicalText = "identical_text"
        case maxAbsUpdate = "max_abs_update"
        case lostShare = "lost_share"
    }
}

/// One prompt's three texts.
package struct PromptParityResult: Codable, Equatable, Sendable {
    package let id: String
    package let prompt: String
    package let baseText: String
    package let adapterText: String
    package let mergedText: String
    /// max |adapter − merged| over this prompt's logits.
    package let maxAbsLogitDifference: Double
    /// Judged on the adapter's text; nil where nothing is expected.
    package let expectation: ExpectationResult?

    enum CodingKeys: String, CodingKey {
        case id, prompt, expectation
        case baseText = "base_text"
        case adapterText = "adapter_text"
        case mergedText = "merged_text"
        case maxAbsLogitDifference = "max_abs_logit_difference"
    }
}

/// What keeps merged weights from passing.
package enum ParityFailure: String, Codable, Sendable {
    /// The adapter changes nothing: its logits are the base's.
    case zeroUpdate = "zero_update"
    /// A logit differs by more than the tolerance.
    case logitsDiffer = "logits_differ"
    /// Merging lost more of the update than may be lost.
    case updateLost = "update_lost"
    /// A text differs, and not by a near tie that rounding explains.
    case textDiffers = "text_differs"
}
