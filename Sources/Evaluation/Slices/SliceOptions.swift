import Tokenizers

/// How rows are scored.
package struct SliceOptions: Equatable, Sendable {
    /// Completions to compare after each row's prompt; none: accuracy is the exact match of the greedy completion, by `greedy`.
    package var choices: [String]
    /// Rows that feed more tokens than this, or than the model has positions for, are not scored but counted.
    package var maximumTokens: Int?
    /// What is right where there are no choices.
    package var greedy: GreedyRule
    /// What of a conversation is scored.
    package var conversations = ConversationOptions()
    /// How many tokens one call to the model may hold; a longer sequence goes alone.
    package var tokensPerCall: Int

    package init(
        choices: [String] = [], maximumTokens: Int? = nil, greedy: GreedyRule = GreedyRule(), tokensPerCall: Int = 4096
    ) {
        self.greedy = greedy
        self.choices = choices
        self.maximumTokens = maximumTokens
        self.tokensPerCall = tokensPerCall
    }
}
