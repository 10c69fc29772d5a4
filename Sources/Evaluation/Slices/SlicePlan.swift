import Common
import Datasets
import ModelFiles
import Tokenizers

/// Every row of a data file, tokenized and ready to be put to models. Made once, used for base and adapter alike.
package struct SlicePlan: Sendable {
    /// A row that is scored.
    package struct Row: Equatable, Sendable {
        package let line: Int
        package let slice: String?
        package let plan: RowPlan
        /// SHA-256 of what the row says, see `RowDigest`.
        package let digest: String
    }

    /// The data file, as messages name it.
    package let path: String
    package private(set) var rows: [Row] = []
    /// Rows that are too long to be scored: their lines, slices, and the tokens that they would feed, in order.
    package private(set) var overlong: [(line: Int, slice: String?, tokens: Int)] = []
    /// The most tokens that a row may feed.
    package let limit: Int
    /// Whether rows are scored by choices.
    package let hasChoices: Bool
    /// Whether accuracy has a meaning: with choices, and for rows that have a completion of their own.
    package private(set) var hasAccuracy = true

    /// Rows, among those scored, that greedy decoding cannot say within its limit of tokens, or past an end that stands
    /// inside of them. They are wrong, whatever the model.
    package var unreachable: Int { hasAccuracy ? rows.count { $0.plan.greedy?.isReachable == false } : 0 }

    private let tokenizer: any Tokenizer
    private let template: ChatTemplate?
    private let choices: [(text: String, tokens: [Int])]
    private let greedy: GreedyRule
    private let conversations: ConversationOptions

    /// Tokenizes the rows read from `path`.
    ///
    /// - Parameters:
    ///   - maximumPositions: the model's.
    ///   - progress: called for each row.
    /// - Throws: `malformed` listing the rows (the first 20) that cannot be scored, by their lines, and where every row is
    ///   too long; `mismatch` for choices
    ///   that are empty, the same, or fewer than two.
    package init(
        rows: [EvaluationRow], path: String, tokenizer: any Tokenizer, template: ChatTemplate? = nil,
        maximumPositions: Int, options: SliceOptions, progress: () -> Void = {}
    ) throws {
        self.path = path
        self.tokenizer = tokenizer
        self.template = template
        choices = try Self.encode(options.choices, tokenizer)
        hasChoices = !choices.isEmpty
        greedy = options.greedy
        conversations = options.conversations
        limit = min(maximumPositions, options.maximumTokens ?? .max)
        guard !rows.isEmpty else { throw EvaluationError(.malformed, "\(path) holds no rows.") }
        var faults: [EvaluationError] = []
        for row in rows {
            progress()
            do { try append(row) } catch let error as EvaluationError where error.code == .malformed {
                faults.append(error)
            } catch let refusal as TokenizersError {
                faults.append(error(row, refusal.message, advice: refusal.advice))
            }
        }
        guard faults.isEmpty else {
            let more = faults.count > 20 ? ["and \(faults.count - 20) rows more"] : []
            throw EvaluationError(
                .malformed, (faults.prefix(20).map(\.message) + more).joined(separator: "\n"),
                advice: faults[0].advice)
        }
        guard !self.rows.isEmpty else {
            let lines = overlong.prefix(20).map { "\(path):\($0.line): the row feeds \($0.tokens) tokens." }
            throw EvaluationError(
                .malformed, "Every row of \(path) is longer than \(limit) tokens, so nothing can be scored.",
                cause: lines.joined(separator: "\n"), advice: "Shorten the rows, or use a base with more positions.")
        }
    }

    private mutating func append(_ row: EvaluationRow) throws {
        let plan = hasChoices ? try choicePlan(row) : try ownPlan(row)
        if plan.longest > limit {
            overlong.append((row.line, row.slice, plan.longest))
        } else {
            rows.append(Row(line: row.line, slice: row.slice, plan: plan, digest: RowDigest.of(row.parts)))
        }
    }

    private mutating func ownPlan(_ row: EvaluationRow) throws -> RowPlan {
        var rule = greedy
        switch row.content {
        case .promptCompletion: break
        // A template spells the end of a turn itself.
        case .messages: rule.needsEnd = false
        case .text:
            hasAccuracy = false
            rule = GreedyRule()
        }
        let tokens = try RowTokens(row.content, tokenizer: tokenizer, template: template, conversations: conversations)
        guard !tokens.scored.isEmpty else {
            throw error(row, "the row has no token to score: nothing is predicted, or nothing comes before it.")
        }
        return RowPlan(tokens, rule: rule)
    }

    private func choicePlan(_ row: EvaluationRow) throws -> RowPlan {
        guard case .promptCompletion(let prompt, let completion) = row.content else {
            throw error(row, "choices need rows with prompt and completion.")
        }
        guard let own = choices.firstIndex(where: { $0.text == completion }) else {
            let texts = choices.map(\.text)
            let hint = Suggestion.closest(to: completion, among: texts).map { " Did you mean \"\($0)\"?" } ?? ""
            let known = texts.map { "\"\($0)\"" }.joined(separator: ", ")
            throw error(row, "the completion \"\(completion)\" is not among the choices \(known).\(hint)")
        }
        let promptTokens = tokenizer.encodeBeginning(prompt)
        guard !promptTokens.isEmpty else { throw error(row, "the prompt is empty: nothing to choose after.") }
        return RowPlan(prompt: promptTokens, choices: choices.map(\.tokens), own: own)
    }

    private static func encode(
        _ choices: [String], _ tokenizer: any Tokenizer
    ) throws -> [(text: String, tokens: [Int])] {
        if choices.isEmpty { return [] }
        guard choices.count > 1 else {
            throw EvaluationError(.mismatch, "evaluation.choices names one choice; at least two are needed.")
        }
        var encoded: [(text: String, tokens: [Int])] = []
        for choice in choices {
            let tokens = tokenizer.encodeContinuation(choice)
            guard !tokens.isEmpty else { throw EvaluationError(.mismatch, "evaluation.choices holds an empty choice.") }
            if let twin = encoded.first(where: { $0.tokens == tokens }) {
                throw EvaluationError(
                    .mismatch, "the choices \"\(twin.text)\" and \"\(choice)\" are the same to the tokenizer.")
            }
            encoded.append((choice, tokens))
        }
        return encoded
    }

    private func error(_ row: EvaluationRow, _ message: String, advice: String? = nil) -> EvaluationError {
        EvaluationError(.malformed, "\(path):\(row.line): \(message)", advice: advice)
    }
}

extension EvaluationRow {
    /// What the row says, for its digest.
    fileprivate var parts: [String] {
        switch content {
        case .promptCompletion(let prompt, let completion): [prompt, completion]
        case .messages(let conversation):
            conversation.messages.flatMap { message in
                [message.role, message.content] + (message.fields["tool_calls"].map { [JSONText.document($0)] } ?? [])
            }
        case .text(let text): [text]
        }
    }
}
