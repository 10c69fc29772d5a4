import Tokenizers

/// Continues a prompt token by token: greedily, or by sampling; no penalties.
package struct TextGenerator {
    private let tokenizer: any Tokenizer
    private let endTokens: Set<Int>
    private let maximumNewTokens: Int
    private let choice: TokenChoice

    /// - Parameter endTokens: ids after which the model has finished; see `EndTokens`.
    package init(
        tokenizer: any Tokenizer, endTokens: [Int], maximumNewTokens: Int, choice: TokenChoice = .greedy
    ) {
        self.choice = choice
        self.tokenizer = tokenizer
        self.endTokens = Set(endTokens)
        self.maximumNewTokens = maximumNewTokens
    }

    /// Ids of a prompt, special tokens in it recognised; see `RowTokens` for the project's rule.
    ///
    /// - Parameter isRendered: whether a chat template wrote it, which puts the beginning-of-text there itself.
    package func encode(_ prompt: String, isRendered: Bool = false) -> [Int] {
        isRendered ? tokenizer.encode(prompt, allowSpecial: true) : tokenizer.encodeBeginning(prompt)
    }

    /// Continues `prompt` until an end token or the limit of new tokens.
    ///
    /// - Parameter name: what messages call the prompt.
    /// - Throws: `mismatch` for an empty prompt, or one that leaves too few positions; `notFinite` where the logits
    ///   are, `interrupted` where `shouldStop` says so, which is asked before each token.
    package func generate(
        _ model: any ScoringModel, prompt: [Int], name: String, shouldStop: () -> Bool = { false }
    ) throws -> Generation {
        guard !prompt.isEmpty else { throw EvaluationError(.mismatch, "The \(name) has no tokens.") }
        // Not the sum: a limit near Int.max would overflow it.
        guard maximumNewTokens <= model.maximumPositions - prompt.count else {
            throw EvaluationError(
                .mismatch,
                "The \(name) has \(prompt.count) tokens; with \(maximumNewTokens) new ones they do not fit the base's "
                    + "\(model.maximumPositions) positions.",
                advice: "Shorten the prompt, or lower max_new_tokens.")
        }
        let decoder = try model.makeDecoder(capacity: prompt.count + maximumNewTokens)
        var ids: [Int] = []
        var fed = prompt
        while ids.count < maximumNewTokens {
            if shouldStop() { throw EvaluationError(.interrupted, "The generation was interrupted.") }
            guard let next = choice.next(try decoder.feed(fed), place: ids.count) else {
                throw EvaluationError(.notFinite, "The model's logits after the \(name) are not finite.")
            }
            if endTokens.contains(next) { return generation(ids, endToken: next) }
            ids.append(next)
            fed = [next]
        }
        return generation(ids, endToken: nil)
    }

    /// Whether logits choose every token of a text, its end too, each before all others by more than `margin`. Of a
    /// generator that samples they choose nothing.
    ///
    /// - Parameter logits: a row for each of the text's tokens and one for what comes after the last, from that which
    ///   predicts the first.
    func chooses(_ text: Generation, by logits: some Collection<[Float]>, clearBy margin: Double) -> Bool {
        guard case .greedy = choice, logits.count >= text.decisions.count else { return false }
        return zip(logits, text.decisions).allSatisfy { row, token in
            guard row.indices.contains(token), row[token].isFinite else { return false }
            let limit = Double(row[token]) - margin
            return row.indices.allSatisfy { $0 == token || Double(row[$0]) < limit }
        }
    }

    private func generation(_ ids: [Int], endToken: Int?) -> Generation {
        Generation(ids: ids, endToken: endToken, text: tokenizer.decode(ids, skipSpecial: true))
    }
}
