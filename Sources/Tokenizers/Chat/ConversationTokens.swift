/// A conversation as tokens: rendered whole and tokenized whole, as transformers' `apply_chat_template` does, so that
/// tokens are those that a serving engine feeds. What is trained follows from where the assistant's turns lie in the text.
package struct ConversationTokens: Sendable, Equatable {
    package let ids: [Int]
    /// The tokens that hold any of what the assistant says, end markers included, in turns that are trained. Ascending.
    package let trained: [Int]

    /// - Throws: `TokenizersError.unsupported` for a template that is not among the known, or a tokenizer whose tokens
    ///   cannot be told apart by place.
    package init(_ messages: [ChatMessage], template: ChatTemplate, tokenizer: any Tokenizer) throws {
        var text = ""
        var spans: [Int] = []
        for segment in try template.render(messages, addGenerationPrompt: false) {
            let start = text.utf8.count
            text += segment.text
            if segment.trained { spans += [start, text.utf8.count] }
        }
        // A template spells the special tokens at the beginning itself.
        let placed = try tokenizer.encode(text, places: spans)
        ids = placed.ids
        var trained: [Int] = []
        for index in stride(from: 0, to: spans.count, by: 2) {
            let first = max(placed.places[index].lowerBound, (trained.last ?? -1) + 1)
            trained += first..<max(first, placed.places[index + 1].upperBound)
        }
        self.trained = trained
    }
}
