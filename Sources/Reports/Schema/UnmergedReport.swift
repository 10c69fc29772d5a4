/// What base and adapter answered where the adapter cannot be merged: `unmerged` in `report.json`, in the place of
/// `parity`. Both were read back from the files that are published.
package struct UnmergedReport: Codable, Sendable, Equatable {
    /// Why it cannot be merged, one plain sentence.
    package var reason: String
    /// Whether the adapter changes an answer, and every expectation was met.
    package var passed: Bool
    /// Largest difference of a logit between base and adapter.
    package var baseVsAdapterMaxAbsLogitDifference: Double
    /// What serving the adapter takes longer; absent where texts are classified.
    package var latency: LatencyReport?
    /// Whether the adapter answers the same prompt with the same bits; absent in reports of earlier lorads.
    package var repetition: RepetitionReport?
    /// One entry for each regression prompt.
    package var prompts: [PromptAnswers]

    /// The answers.
    package init(
        reason: String, passed: Bool, baseVsAdapterMaxAbsLogitDifference: Double, latency: LatencyReport? = nil,
        prompts: [PromptAnswers]
    ) {
        self.reason = reason
        self.passed = passed
        self.baseVsAdapterMaxAbsLogitDifference = baseVsAdapterMaxAbsLogitDifference
        self.latency = latency
        self.prompts = prompts
    }

    private enum CodingKeys: String, CodingKey {
        case reason, passed, latency, prompts, repetition
        case baseVsAdapterMaxAbsLogitDifference = "base_vs_adapter_max_abs_logit_difference"
    }
}

/// How long a token takes to be drawn after a prompt, one after the other. A merged adapter takes as long as the base.
package struct LatencyReport: Codable, Sendable, Equatable {
    /// The median over the tokens that the base drew, in milliseconds.
    package var baseMillisecondsPerToken: Double
    /// The same with the adapter.
    package var adapterMillisecondsPerToken: Double
    /// Tokens that each of the two drew.
    package var tokens: Int

    /// What was measured.
    package init(baseMillisecondsPerToken: Double, adapterMillisecondsPerToken: Double, tokens: Int) {
        self.baseMillisecondsPerToken = baseMillisecondsPerToken
        self.adapterMillisecondsPerToken = adapterMillisecondsPerToken
        self.tokens = tokens
    }

    private enum CodingKeys: String, CodingKey {
        case tokens
        case baseMillisecondsPerToken = "base_ms_per_token"
        case adapterMillisecondsPerToken = "adapter_ms_per_token"
    }
}

/// What base and adapter wrote after one regression prompt.
package struct PromptAnswers: Codable, Sendable, Equatable {
    /// The prompt's id in its file.
    package var id: String
    /// The prompt itself.
    package var prompt: String
    /// Whether a chat template wrote the prompt, special tokens included; absent where it did not.
    package var rendered: Bool?
    /// The second text, where a pair is classified.
    package var textPair: String?
    /// Greedy continuation by the base, or the label that it gives.
    package var baseText: String
    /// Greedy continuation by the base with the adapter.
    package var adapterText: String
    /// What the prompt's file expects of the adapter's text, when it does.
    package var expectation: ExpectationReport?
    /// What the published adapters wrote that the run is held against; absent without any.
    package var compared: ComparedTexts?

    /// The texts of one prompt.
    package init(
        id: String, prompt: String, rendered: Bool? = nil, textPair: String? = nil, baseText: String,
        adapterText: String, expectation: ExpectationReport? = nil
    ) {
        self.id = id
        self.prompt = prompt
        self.rendered = rendered
        self.textPair = textPair
        self.baseText = baseText
        self.adapterText = adapterText
        self.expectation = expectation
    }

    private enum CodingKeys: String, CodingKey {
        case id, prompt, rendered, expectation, compared
        case textPair = "text_pair"
        case baseText = "base_text"
        case adapterText = "adapter_text"
    }
}
