import Tokenizers

/// One row of evaluation data.
package struct EvaluationRow: Equatable, Sendable {
    /// What is to be scored.
    package enum Content: Equatable, Sendable {
        case promptCompletion(prompt: String, completion: String)
        case messages(Conversation)
        case text(String)
    }

    /// The line in the file, from 1.
    package let line: Int
    /// The value of the `slice_by` field as text; nil where no field was asked for.
    package let slice: String?
    package let content: Content

    package init(line: Int, slice: String?, content: Content) {
        self.line = line
        self.slice = slice
        self.content = content
    }
}
