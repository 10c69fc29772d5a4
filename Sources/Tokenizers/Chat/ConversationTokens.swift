/// A conversation as tokens: rendered whole and tokenized whole, as transformers' `apply_chat_template` does, so that
/// tokens are those that a serving engine feeds; a beginning-of-text stands there where the template writes it, and the
/// tokenizer adds none. What is trained follows from where turns lie in the text.
package struct ConversationTokens: Sendable, Equatable {
    /// What the template wrote.
    package let text: String
    package let ids: [Int]
    /// The tokens that hold any of what is trained: of a turn from the one with its first character to the one with its
    /// last, its end token included. Ascending.
    package let trained: [Int]

    /// - Parameter addGenerationPrompt: whether the text ends where the assistant is to speak.
    /// - Throws: `TokenizersError` for a template that cannot be rendered, that refuses the conversation or does not let
    ///   turns be found in it, and for a tokenizer whose tokens cannot be told apart by place.
    package init(
        _ conversation: Conversation, template: ChatTemplate, tokenizer: any Tokenizer,
        options: ConversationOptions = ConversationOptions(), addGenerationPrompt: Bool = false
    ) throws {
        let given = options.aliasesReasoning ? conversation.aliasingReasoning : conversation
        let conversation = options.reasoning == .drop ? given.withoutReasoning : given
        let sought = options.sought(conversation.messages)
        let rendered = try template.render(
            conversation, addGenerationPrompt: addGenerationPrompt, seeking: sought)
        var ranges = sought.compactMap { rendered.turns[$0] }.filter { !$0.isEmpty }
        for (one, next) in zip(ranges, ranges.dropFirst()) where one.upperBound > next.lowerBound {
            throw TokenizersError(
                .unsupported, "The turns of the assistant overlap in what the chat template writes.",
                advice: "Name a template in dataset.chat_template that writes the messages one after the other.")
        }
        if options.turns == .all { ranges = Self.gaps(between: ranges, in: 0..<rendered.text.utf8.count) }
        if options.reasoning == .mask {
            let reasoning = try ReasoningSearch(
                conversation, rendered, template, addGenerationPrompt: addGenerationPrompt
            ).ranges
            ranges = ranges.flatMap { range in Self.gaps(between: reasoning.filter { $0.overlaps(range) }, in: range) }
        }
        text = rendered.text
        let spans = ranges.flatMap { [$0.lowerBound, $0.upperBound] }
        let placed = try tokenizer.encode(text, places: spans)
        ids = placed.ids
        var trained: [Int] = []
        for index in stride(from: 0, to: spans.count, by: 2) {
            let first = max(placed.places[index].lowerBound, (trained.last ?? -1) + 1)
            trained += first..<max(first, placed.places[index + 1].upperBound)
        }
        self.trained = trained
    }

    /// What of `whole` is in none of the ranges, which are ascending.
    private static func gaps(between ranges: [Range<Int>], in whole: Range<Int>) -> [Range<Int>] {
        var gaps: [Range<Int>] = []
        var start = whole.lowerBound
        for range in ranges {
            if range.lowerBound > start { gaps.append(start..<range.lowerBound) }
            start = max(start, range.upperBound)
        }
        return start < whole.upperBound ? gaps + [start..<whole.upperBound] : gaps
    }
}
