import Datasets
import Tokenizers

/// A row as token ids, and which of them are scored.
///
/// The rule for the whole project, in training as in evaluation: prompt and completion are tokenized separately and laid
/// end to end, ids = encodeBeginning(prompt) + encodeContinuation(completion), so the boundary between what is given
/// and what is predicted is exact by construction and no token straddles it. Special tokens spelled in the text are
/// recognised, and those added that the tokenizer puts before a text. A conversation is rendered and tokenized whole,
/// see `ConversationTokens`. Training adds an end-of-text token after the completion; evaluation scores what the row says
/// and nothing else.
package struct RowTokens: Equatable, Sendable {
    /// Every token of the row.
    package private(set) var ids: [Int] = []
    /// The places in `ids` of the tokens that are scored, ascending; never 0, which nothing precedes.
    package private(set) var scored: [Int] = []

    /// - Parameter conversations: what of them is scored.
    package init(
        _ content: EvaluationRow.Content, tokenizer: any Tokenizer, template: ChatTemplate?,
        conversations: ConversationOptions = ConversationOptions()
    ) throws {
        switch content {
        case .promptCompletion(let prompt, let completion):
            append(tokenizer.encodeBeginning(prompt), isScored: false)
            append(tokenizer.encodeContinuation(completion), isScored: true)
        case .text(let text):
            append(tokenizer.encodeBeginning(text), isScored: true)
        case .messages(let conversation):
            guard let template else {
                throw EvaluationError(
                    .mismatch, "The data holds chat messages, but the base names no chat template.",
                    advice: "Name one, or a file of one, in dataset.chat_template, or use prompt and completion.")
            }
            let tokens = try ConversationTokens(
                conversation, template: template, tokenizer: tokenizer, options: conversations)
            ids = tokens.ids
            scored = tokens.trained.filter { $0 > 0 }
        }
    }

    /// A prompt, and the completion that is scored after it, both as ids.
    package init(prompt: [Int], completion: [Int]) {
        append(prompt, isScored: false)
        append(completion, isScored: true)
    }

    private mutating func append(_ tokens: [Int], isScored: Bool) {
        if isScored { scored += (ids.count..<ids.count + tokens.count).filter { $0 > 0 } }
        ids += tokens
    }
}
