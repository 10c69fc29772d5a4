import Datasets
import Tokenizers

/// Turns rows into token ids with exact masks: prompt and completion are encoded apart, so the boundary is a fact about
/// ids and not a guess about text; of a conversation, which is encoded whole, it is a fact about places in its text.
package struct ExampleBuilder: RowBuilder {
    /// What happens to rows over `maximumLength`.
    package enum OverLength: String, Sendable, CaseIterable {
        /// The row's end is cut off.
        case truncate
        /// The row is left out.
        case drop
    }

    private let tokenizer: any Tokenizer
    private let template: ChatTemplate?
    private let maximumLength: Int
    private let overLength: OverLength
    private let appendsEndOfText: Bool
    private let conversations: ConversationOptions
    /// What the tokenizer puts before a text.
    private let beginning: [Int]

    /// - Parameters:
    ///   - template: needed for rows of messages alone.
    ///   - maximumLength: in tokens.
    ///   - conversations: what of them is trained on.
    package init(
        tokenizer: any Tokenizer, template: ChatTemplate?, maximumLength: Int, overLength: OverLength = .truncate,
        appendsEndOfText: Bool = true, conversations: ConversationOptions = ConversationOptions()
    ) {
        self.tokenizer = tokenizer
        self.template = template
        self.maximumLength = maximumLength
        self.overLength = overLength
        self.appendsEndOfText = appendsEndOfText
        self.conversations = conversations
        beginning = tokenizer.encodeBeginning("")
    }

    /// All rows that have something to train on, and the count of those that do not.
    ///
    /// - Parameters:
    ///   - kind: what messages call the rows.
    ///   - name: what they call the row at a place, such as its file and line.
    ///   - own: what the conversation at a place is written with, where that is not the builder's template.
    /// - Throws: `TrainingError.noSupervisedTokens` where nothing is left; `.malformed` for messages without a template,
    ///   listing the conversations (the first 20) that a template refuses, and where an end of text is to be appended and
    ///   the tokenizer has none.
    package func build(
        _ rows: [TrainingRow], kind: String = "training", progress: () -> Void = {},
        name: (Int) -> String = { "row \($0 + 1)" }, template own: (Int) -> ChatTemplate? = { _ in nil }
    ) throws -> (examples: [TokenizedExample], counts: Counts) {
        if let fault = endOfTextFault, rows.contains(where: \.endsWithText) { throw fault }
        var counts = Counts()
        var examples: [TokenizedExample] = []
        var refused: [(place: Int, error: TokenizersError)] = []
        for (place, row) in rows.enumerated() {
            progress()
            do {
                let built = try build(row, template: own(place))
                counts.add(built.figures, at: place)
                if let example = built.example { examples.append(example) }
            } catch let error as TokenizersError { refused.append((place, error)) }
        }
        if let refusal = Self.refusal(refused.map { (name($0.place), $0.error) }) { throw refusal }
        try checkSupervised(counts, kind: kind)
        return (examples, counts)
    }

    /// One row as tokens, whatever becomes of it.
    ///
    /// - Parameter own: what its conversation is written with, where that is not the builder's template.
    /// - Throws: `TokenizersError` where a template refuses the conversation; `TrainingError.malformed` for messages without
    ///   a template.
    package func build(_ row: TrainingRow, template own: ChatTemplate?) throws -> BuiltRow {
        let template = own ?? template
        let whole = try example(row, template)
        var figures = RowFigures(length: whole.tokens.count)
        (figures.doublesBeginning, figures.doublesEnd) = doubled(whole, row, template)
        if whole.tokens.count > maximumLength, overLength == .drop {
            figures.isDropped = true
            return BuiltRow(example: nil, figures: figures)
        }
        let example = whole.tokens.count > maximumLength ? truncated(whole) : whole
        figures.tokens = example.tokens.count
        figures.labels = example.labelPositions.count
        figures.cutLabels = whole.labelPositions.count - example.labelPositions.count
        return BuiltRow(example: figures.labels > 0 ? example : nil, figures: figures)
    }

    /// What is wrong where conversations are refused, the first 20 of them by name; nil where none is.
    package static func refusal(_ refused: [(name: String, error: TokenizersError)]) -> TrainingError? {
        guard let first = refused.first else { return nil }
        let lines = refused.prefix(20).map { "\($0.name): \($0.error.message)" }
        let more = refused.count > 20 ? ["and \(refused.count - 20) rows more"] : []
        return TrainingError(
            .malformed, (lines + more).joined(separator: "\n"), cause: first.error.cause, advice: first.error.advice)
    }

    /// - Throws: `TrainingError.noSupervisedTokens` where nothing is left to train on.
    package func checkSupervised(_ counts: Counts, kind: String) throws {
        guard counts.supervisedTokens == 0 else { return }
        throw TrainingError(
            .noSupervisedTokens, "None of the \(counts.rows) \(kind) rows has a token to train on.",
            cause:
                "\(counts.dropped) rows were over \(maximumLength) tokens or lost their completion to truncation.",
            advice: "Raise training.max_length, or look at the completions.")
    }

    /// What is wrong where an end of text is to be appended to rows and the tokenizer has none; nil where nothing is. A
    /// template spells its own ends.
    package var endOfTextFault: TrainingError? {
        guard appendsEndOfText, tokenizer.eosTokenID == nil else { return nil }
        return TrainingError(
            .malformed, "The base names no end-of-text token, which training.append_eos is to train.",
            cause:
                "Neither tokenizer_config.json, special_tokens_map.json nor the tokenizer's class names a token of the "
                + "vocabulary as eos_token, and config.json has no eos_token_id; of a GGUF, tokenizer.ggml.eos_token_id "
                + "is absent.",
            advice: "Set eos_token in the base's tokenizer_config.json, or training.append_eos: false to train no end.")
    }

    package func fault(of format: RowFormat?) -> TrainingError? { format == .messages ? nil : endOfTextFault }

    private func truncated(_ example: TokenizedExample) -> TokenizedExample {
        TokenizedExample(
            tokens: Array(example.tokens.prefix(maximumLength)),
            labelPositions: example.labelPositions.filter { $0 + 1 < maximumLength })
    }

    /// Whether the row begins and ends with what is put there again.
    private func doubled(
        _ example: TokenizedExample, _ row: TrainingRow, _ template: ChatTemplate?
    ) -> (beginning: Bool, end: Bool) {
        if case .messages(let conversation) = row {
            let markers = KnownTemplate.markers
            let isDoubled = conversation.messages.contains {
                $0.content.hasPrefix(markers.start) || $0.content.hasSuffix(markers.end)
            }
            return (false, template?.known != nil && isDoubled)
        }
        let first = beginning.last
        let end = appendsEndOfText ? tokenizer.eosTokenID : nil
        return (
            first != nil && example.tokens.dropFirst(beginning.count).first == first,
            end.map { example.tokens.suffix(2) == [$0, $0] } ?? false
        )
    }

    private func example(_ row: TrainingRow, _ template: ChatTemplate?) throws -> TokenizedExample {
        switch row {
        case .completion(let prompt, let completion):
            return join(
                [(tokenizer.encodeBeginning(prompt), false), (tokenizer.encodeContinuation(completion), true)],
                endOfText: appendsEndOfText)
        case .labelled:
            throw TrainingError(.malformed, "A row with a label has no tokens of its own to predict.")
        case .text(let text):
            return join([(tokenizer.encodeBeginning(text), true)], endOfText: appendsEndOfText)
        case .messages(let conversation):
            guard let template else {
                throw TrainingError(
                    .malformed, "The data holds messages, but the base names no chat template.",
                    advice: "Name one, or a file of one, in dataset.chat_template, or use prompt and completion.")
            }
            let tokens = try ConversationTokens(
                conversation, template: template, tokenizer: tokenizer, options: conversations)
            // The first token of a row has none before it that could predict it.
            return TokenizedExample(
                tokens: tokens.ids, labelPositions: tokens.trained.map { $0 - 1 }.filter { $0 >= 0 })
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

extension TrainingRow {
    /// Whether it ends as a text does, and not as a template has it.
    package var endsWithText: Bool {
        switch self {
        case .completion, .text: true
        case .messages, .labelled: false
        }
    }
}
