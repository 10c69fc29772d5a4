/// A prompt whose answer is looked at after every training.
package struct RegressionPrompt: Equatable, Sendable {
    /// Its name in the report; unique in its file.
    package let id: String
    package let prompt: String
    /// Whether the prompt is what a chat template wrote, special tokens included, so that none is put before it.
    package let isRendered: Bool
    /// The second text of a pair, where texts are classified in pairs.
    package let pair: String?
    /// All of them must hold for the adapter's greedy answer; often none.
    package let expectations: [Expectation]

    package init(
        id: String, prompt: String, pair: String? = nil, isRendered: Bool = false, expectations: [Expectation] = []
    ) {
        self.id = id
        self.prompt = prompt
        self.isRendered = isRendered
        self.pair = pair
        self.expectations = expectations
    }

    /// Judges the adapter's answer; nil where nothing is expected.
    package func judge(_ answer: Generation) -> ExpectationResult? {
        guard !expectations.isEmpty else { return nil }
        let failures = expectations.compactMap { $0.failure(answer) }
        return ExpectationResult(
            passed: failures.isEmpty, reason: failures.isEmpty ? nil : failures.joined(separator: " "))
    }
}

/// Whether a prompt's expectations hold.
package struct ExpectationResult: Codable, Equatable, Sendable {
    package let passed: Bool
    /// Why not, where not.
    package let reason: String?
}
