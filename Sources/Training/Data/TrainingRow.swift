import ModelFiles
import Tokenizers

/// One row of training data, before tokenization.
package enum TrainingRow: Sendable, Equatable {
    case completion(prompt: String, completion: String)
    case messages([ChatMessage])
    /// Every token is trained.
    case text(String)
    /// The whole row is classified, or regressed on.
    case labelled(LabelledRow, SequenceTarget)
}

/// How rows are written.
package enum RowFormat: String, Sendable, CaseIterable {
    case promptCompletion = "prompt_completion"
    case messages
    case text

    /// The keys that a row of this format has.
    var keys: [String] {
        switch self {
        case .promptCompletion: ["prompt", "completion"]
        case .messages: ["messages"]
        case .text: ["text"]
        }
    }
}
