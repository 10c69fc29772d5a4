/// The proof that the merged weights answer as base and adapter together do: `parity` in `report.json`. All three models
/// were read back from the files that are published.
package struct ParityReport: Codable, Sendable, Equatable {
    /// Whether every difference stays within `tolerance` and every expectation was met.
    package var passed: Bool
    /// The precision the merged weights are served in.
    package var dtype: String
    /// The largest difference of a logit that counts as equal.
    package var tolerance: Double
    /// Largest difference of a logit between merged and unmerged weights, over all prompts.
    package var maxAbsLogitDifference: Double
    /// Mean Kullback–Leibler divergence of the merged from the unmerged next-token distribution, in nats.
    package var meanKL: Double
    /// Share of positions at which both rank the same token first.
    package var top1Agreement: Double
    /// Whether merged and unmerged weights wrote the same text for every prompt.
    package var identicalText: Bool
    /// Largest difference of a logit between base and adapter: an adapter that changes nothing has none, and fails.
    package var baseVsAdapterMaxAbsLogitDifference: Double
    /// Whether the adapter answers the same prompt with the same bits; absent in reports of earlier lorads.
    package var repetition: RepetitionReport?
    /// One entry for each regression prompt.
    package var prompts: [PromptParity]

    /// The outcome of the proof.
    package init(
        passed: Bool, dtype: String, tolerance: Double, maxAbsLogitDifference: Double, meanKL: Double,
        top1Agreement: Double, identicalText: Bool, baseVsAdapterMaxAbsLogitDifference: Double,
        prompts: [PromptParity]
    ) {
        self.passed = passed
        self.dtype = dtype
        self.tolerance = tolerance
        self.maxAbsLogitDifference = maxAbsLogitDifference
        self.meanKL = meanKL
        self.top1Agreement = top1Agreement
        self.identicalText = identicalText
        self.baseVsAdapterMaxAbsLogitDifference = baseVsAdapterMaxAbsLogitDifference
        self.prompts = prompts
    }

    private enum CodingKeys: String, CodingKey {
        case passed, dtype, tolerance, prompts, repetition
        case maxAbsLogitDifference = "max_abs_logit_difference"
        case meanKL = "mean_kl"
        case top1Agreement = "top1_agreement"
        case identicalText = "identical_text"
        case baseVsAdapterMaxAbsLogitDifference = "base_vs_adapter_max_abs_logit_difference"
    }
}

/// What the three models wrote after one regression prompt.
package struct PromptParity: Codable, Sendable, Equatable {
    /// The prompt's id in its file.
    package var id: String
    /// The prompt itself.
    package var prompt: String?
    /// Whether a chat template wrote the prompt, special tokens included; absent where it did not.
    package var rendered: Bool?
    /// The second text, where a pair is classified.
    package var textPair: String?
    /// Greedy continuation by the base, or the label that it gives.
    package var baseText: String
    /// Greedy continuation by the base with the adapter.
    package var adapterText: String
    /// Greedy continuation by the merged weights.
    package var mergedText: String
    /// Largest difference of a logit between merged and unmerged weights.
    package var maxAbsLogitDifference: Double
    /// What the prompt's file expects of the adapter's text, when it does.
    package var expectation: ExpectationReport?
    /// What the published adapters wrote that the run is held against; absent without any.
    package var compared: ComparedTexts?

    /// The texts of one prompt.
    package init(
        id: String, prompt: String? = nil, rendered: Bool? = nil, textPair: String? = nil, baseText: String,
        adapterText: String,
        mergedText: String,
        maxAbsLogitDifference: Double, expectation: ExpectationReport? = nil
    ) {
        self.id = id
        self.prompt = prompt
        self.rendered = rendered
        self.textPair = textPair
        self.baseText = baseText
        self.adapterText = adapterText
        self.mergedText = mergedText
        self.maxAbsLogitDifference = maxAbsLogitDifference
        self.expectation = expectation
    }

    private enum CodingKeys: String, CodingKey {
        case id, prompt, rendered, expectation, compared
        case textPair = "text_pair"
        case baseText = "base_text"
        case adapterText = "adapter_text"
        case mergedText = "merged_text"
        case maxAbsLogitDifference = "max_abs_logit_difference"
    }
}

/// Whether a text is what its prompt's file expects.
package struct ExpectationReport: Codable, Sendable, Equatable {
    /// Whether it is.
    package var passed: Bool
    /// Its key in the prompts file, such as `contains`; absent where there are several.
    package var kind: String?
    /// What the text is held against.
    package var value: String?
    /// Why not, where it is not; absent in reports of earlier lorads.
    package var reason: String?

    /// The outcome of an expectation.
    package init(passed: Bool, kind: String? = nil, value: String? = nil, reason: String? = nil) {
        self.passed = passed
        self.kind = kind
        self.value = value
        self.reason = reason
    }
}
