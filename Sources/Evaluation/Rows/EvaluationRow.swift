import Tokenizers

/// How a row of evaluation data says what is given and what is to be predicted.
package enum RowFormat: String, CaseIterable, Sendable {
    /// `{"prompt": "…", "completion": "…"}`: the completion's tokens are scored.
    case promptCompletion = "prompt_completion"
    /// `{"messages": [{"role": "…", "content": "…"}, …]}`: what the assistant says is scored.
    case messages
    /// `{"text": "…"}`: every token but the first is scored.
    case text

    /// The fields that a row of this format must have.
    var fields: [String] {
        switch self {
        case .promptCompletion: ["prompt", "completion"]
        case .messages: ["messages"]
        case .text: ["text"]
        }
    }
}

/// One row of evaluation data.
package struct EvaluationRow: Equatable, Sendable {
    /// What is to be scored.
    package enum Content: Equatable, Sendable {
        case promptCompletion(prompt: String, completion: String)
        case messages([ChatMessage])
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
