/// How rows are scored.
package struct SliceOptions: Equatable, Sendable {
    /// Completions to compare after each row's prompt; none: accuracy is the exact match of the greedy completion.
    package var choices: [String]
    /// Rows that feed more tokens than this, or than the model has positions for, are not scored but counted.
    package var maximumTokens: Int?
    /// How many tokens one call to the model may hold; a longer sequence goes alone.
    package var tokensPerCall: Int

    package init(choices: [String] = [], maximumTokens: Int? = nil, tokensPerCall: Int = 4096) {
        self.choices = choices
        self.maximumTokens = maximumTokens
        self.tokensPerCall = tokensPerCall
    }
}
