import Tokenizers

/// One row of training data, before tokenization.
package enum TrainingRow: Sendable, Equatable {
    case completion(prompt: String, completion: String)
    case messages(Conversation)
    /// Every token is trained.
    case text(String)
    /// The whole row is classified, or regressed on.
    case labelled(LabelledRow)
}
