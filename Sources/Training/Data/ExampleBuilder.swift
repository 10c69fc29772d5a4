import Tokenizers

/// Turns rows into token ids with exact masks: prompt and completion are encoded apart, so the boundary is a fact about
/// ids and not a guess about text.
package struct ExampleBuilder: Sendable {
    /// What happens to rows over `maximumLength`.
    package enum OverLength: String, Sendable, CaseIterable {
        /// The row's end is cut off.
        case truncate
        /// The row is left out.
        case drop
    }

    /// How many rows went which way.
    package struct Counts: Sendable, Equatable {
        package var rows = 0
        package var truncated = 0
        package var dropped = 0
        /// Rows with nothing to train on, among the dropped.
        package var unsupervised = 0
        package var supervisedTokens = 0
        package var tokens = 0
        /// For each example its row's place among those given, ascending.
        package var places: [Int] = []
    }

    private let tokenizer: any Tokenizer
    private let template: ChatTemplate?
    private let maximumLength: Int
    private let overLength: OverLength
    private let appendsEndOfText: Bool

    /// - Parameters:
    ///   - template: needed for rows of messages alone.
    ///   - maximumLength: in tokens.
    package init(
        tokenizer: any Tokenizer, template: ChatTemplate?, maximumLength: Int, overLength: OverLength = .truncate,
        appendsEndOfText: Bool = true
    ) {
        self.tokenizer = tokenizer
        self.template = template
        self.maximumLength = maximumLength
        self.overLength = overLength
        self.appendsEndOfText = appendsEndOfText
    }

    /// All rows that have something to train on, and the count of those that do not.
    ///
    /// - Parameter kind: what messages call the rows.
    /// - Throws: `TrainingError.noSupervisedTokens` where nothing is left; `.malformed` for messages without a template.
    package func build(_ rows: [TrainingRow], kind: String = "training") throws -> (
        examples: [TokenizedExample], counts: Counts
    ) {
        var counts = Counts()
        var examples: [TokenizedExample] = []
        for (place, row) in rows.enumerated() {
            counts.rows += 1
            let full = try example(row)
            if full.tokens.count > maximumLength {
                if overLength == .drop {
                    counts.dropped += 1
                    continue
                }
                counts.truncated += 1
            }
            let example = full.tokens.count > maximumLength ? truncated(full) : full
            guard !example.labelPositions.isEmpty else {
                counts.dropped += 1
                counts.unsupervised += 1
                continue
            }
            counts.supervisedTokens += example.labelPositions.count
            counts.tokens += example.tokens.count
            counts.places.append(place)
            examples.append(example)
        }
        guard counts.supervisedTokens > 0 else {
            throw TrainingError(
                .noSupervisedTokens, "None of the \(counts.rows) \(kind) rows has a token to train on.",
                cause:
                    "\(counts.dropped) rows were over \(maximumLength) tokens or lost their completion to truncation.",
                advice: "Raise training.max_length, or look at the completions.")
        }
        return (examples, counts)
    }

    private func truncated(_ example: TokenizedExample) -> TokenizedExample {
        TokenizedExample(
            tokens: Array(example.tokens.prefix(maximumLength)),
            labelPositions: example.labelPositions.filter { $0 + 1 < maximumLength })
    }

    private func example(_ row: TrainingRow) throws -> TokenizedExample {
        switch row {
        case .completion(let prompt, let completion):
            return join(
                [(tokenizer.encodeBeginning(prompt), false), (tokenizer.encodeContinuation(completion), true)],
                endOfText: appendsEndOfText)
        case .labelled:
            throw TrainingError(.malformed, "A row with a label has no tokens of its own to predict.")
        case .text(let text):
            return join([(tokenizer.encodeBeginning(text), true)], endOfText: appendsEndOfText)
        case .messages(let messages):
            guard let template else {
                throw TrainingError(
                    .malformed, "The data holds messages, but the base names no chat template.",
                    advice: "Use prompt and completion, or a base with a chat template.")
            }
            // A template spells the special tokens at the beginning itself.
            let segments = template.render(messages, addGenerationPrompt: false).enumerated().map { index, segment in
                let tokens =
                    index == 0
                    ? tokenizer.encode(segment.text, allowSpecial: true) : tokenizer.encodeContinuation(segment.text)
                return (tokens, segment.trained)
            }
            return join(segments, endOfText: false)
        }
    }

    private func join(_ segments: [(tokens: [Int], trained: Bool)], endOfText: Bool) -> TokenizedExample {
        var tokens: [Int] = []
        var labels: [Int] = []
        func append(_ ids: [Int], trained: Bool) {
            // The first token of a row has none before it that could predict it.
            if trained { labels += (tokens.count..<(tokens.count + ids.count)).map { $0 - 1 }.filter { $0 >= 0 } }
            tokens += ids
        }
        for segment in segments { append(segment.tokens, trained: segment.trained) }
        if endOfText, let end = tokenizer.eosTokenID { append([end], trained: true) }
        return TokenizedExample(tokens: tokens, labelPositions: labels)
    }
}
