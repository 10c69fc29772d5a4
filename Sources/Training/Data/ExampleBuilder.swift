import Datasets
import Tokenizers

/// Turns rows into token ids with exact masks: prompt and completion are encoded apart, so the boundary is a fact about
/// ids and not a guess about text; of a conversation, which is encoded whole, it is a fact about places in its text.
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
        /// Their places among the rows given, ascending.
        package var unsupervisedPlaces: [Int] = []
        package var supervisedTokens = 0
        package var tokens = 0
        /// Tokens of each row that could be tokenized, before anything is cut.
        package var lengths: [Int] = []
        /// Tokens that were cut off.
        package var cutTokens = 0
        /// Of those, tokens to train on.
        package var cutSupervisedTokens = 0
        /// Rows that begin with the token that the tokenizer puts before them, which stands there twice then.
        package var doubledBeginnings = 0
        /// Rows that end with the end-of-text token that is appended to them, or whose messages hold their template's
        /// markers.
        package var doubledEnds = 0
        /// For each example its row's place among those given, ascending.
        package var places: [Int] = []
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
        try checkEndOfText(rows)
        var counts = Counts()
        var examples: [TokenizedExample] = []
        var refused: [(place: Int, error: TokenizersError)] = []
        for (place, row) in rows.enumerated() {
            progress()
            counts.rows += 1
            let full: TokenizedExample
            let template = own(place) ?? template
            do { full = try example(row, template) } catch let error as TokenizersError {
                refused.append((place, error))
                continue
            }
            count(full, row, template, in: &counts)
            counts.lengths.append(full.tokens.count)
            if full.tokens.count > maximumLength {
                if overLength == .drop {
                    counts.dropped += 1
                    continue
                }
                counts.truncated += 1
            }
            let example = full.tokens.count > maximumLength ? truncated(full) : full
            counts.cutTokens += full.tokens.count - example.tokens.count
            counts.cutSupervisedTokens += full.labelPositions.count - example.labelPositions.count
            guard !example.labelPositions.isEmpty else {
                counts.dropped += 1
                counts.unsupervised += 1
                counts.unsupervisedPlaces.append(place)
                continue
            }
            counts.supervisedTokens += example.labelPositions.count
            counts.tokens += example.tokens.count
            counts.places.append(place)
            examples.append(example)
        }
        if let first = refused.first {
            let lines = refused.prefix(20).map { "\(name($0.place)): \($0.error.message)" }
            let more = refused.count > 20 ? ["and \(refused.count - 20) rows more"] : []
            throw TrainingError(
                .malformed, (lines + more).joined(separator: "\n"), cause: first.error.cause,
                advice: first.error.advice)
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

    /// A template spells its own ends.
    private func checkEndOfText(_ rows: [TrainingRow]) throws {
        guard appendsEndOfText, tokenizer.eosTokenID == nil else { return }
        let wanted = rows.contains { row in
            switch row {
            case .completion, .text: true
            case .messages, .labelled: false
            }
        }
        guard wanted else { return }
        throw TrainingError(
            .malformed, "The base names no end-of-text token, which training.append_eos is to train.",
            cause:
                "Neither tokenizer_config.json, special_tokens_map.json nor the tokenizer's class names a token of the "
                + "vocabulary as eos_token, and config.json has no eos_token_id; of a GGUF, tokenizer.ggml.eos_token_id "
                + "is absent.",
            advice: "Set eos_token in the base's tokenizer_config.json, or training.append_eos: false to train no end.")
    }

    private func truncated(_ example: TokenizedExample) -> TokenizedExample {
        TokenizedExample(
            tokens: Array(example.tokens.prefix(maximumLength)),
            labelPositions: example.labelPositions.filter { $0 + 1 < maximumLength })
    }

    private func count(
        _ example: TokenizedExample, _ row: TrainingRow, _ template: ChatTemplate?, in counts: inout Counts
    ) {
        if case .messages(let conversation) = row {
            let markers = KnownTemplate.markers
            let isDoubled = conversation.messages.contains {
                $0.content.hasPrefix(markers.start) || $0.content.hasSuffix(markers.end)
            }
            counts.doubledEnds += template?.known != nil && isDoubled ? 1 : 0
            return
        }
        if let first = beginning.last, example.tokens.dropFirst(beginning.count).first == first {
            counts.doubledBeginnings += 1
        }
        if appendsEndOfText, let end = tokenizer.eosTokenID, example.tokens.suffix(2) == [end, end] {
            counts.doubledEnds += 1
        }
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

extension ExampleBuilder.Counts {
    /// What a person should know of the rows, one sentence each. The rows are trained on as they are, as transformers
    /// would feed them: what they hold twice is theirs to take out.
    ///
    /// - Parameters:
    ///   - path: of the rows.
    ///   - line: of the row at a place; with its file where rows are of several.
    package func warnings(
        _ path: String, tokenizer: any Tokenizer, line: (Int) -> String = { String($0 + 1) }
    ) -> [String] {
        func spelled(_ id: Int?) -> String { id.map { tokenizer.decode([$0], skipSpecial: false) } ?? "" }
        var warnings: [String] = []
        if doubledBeginnings > 0 {
            warnings.append(
                "warning: \(doubledBeginnings) of \(rows) rows of \(path) begin with "
                    + "\(spelled(tokenizer.encodeBeginning("").last)), which the tokenizer puts before every text, so that "
                    + "it stands there twice; take it out of the rows")
        }
        if doubledEnds > 0 {
            warnings.append(
                "warning: \(doubledEnds) of \(rows) rows of \(path) hold a marker at an end where one is added, so that "
                    + "it stands there twice; take \(spelled(tokenizer.eosTokenID)) out of the rows, or set "
                    + "training.append_eos to false")
        }
        if !unsupervisedPlaces.isEmpty {
            let lines = unsupervisedPlaces.prefix(10).map(line).joined(separator: ", ")
            let more = unsupervisedPlaces.count > 10 ? " and others" : ""
            warnings.append(
                "warning: \(unsupervised) of \(rows) rows of \(path) have nothing to train on and are left out: "
                    + "line\(unsupervised == 1 ? "" : "s") \(lines)\(more)")
        }
        return warnings
    }
}
