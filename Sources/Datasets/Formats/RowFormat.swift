/// How a row of training or evaluation data says what is given and what is to be predicted.
package enum RowFormat: String, CaseIterable, Sendable {
    /// `{"prompt": "…", "completion": "…"}`: the completion is predicted.
    case promptCompletion = "prompt_completion"
    /// `{"messages": [{"role": "…", "content": "…"}, …]}`: what the assistant says is predicted.
    case messages
    /// `{"text": "…"}`: every token but the first is predicted.
    case text

    /// The keys that a row of this format must have.
    package var keys: [String] {
        switch self {
        case .promptCompletion: ["prompt", "completion"]
        case .messages: ["messages"]
        case .text: ["text"]
        }
    }

    /// The keys that tell rows with a label from these formats.
    package static let labelledKeys = ["text", "label"]

    /// Whether the row has this format's keys.
    package func fits(_ line: JSONLine) -> Bool { keys.allSatisfy(line.has) }

    /// Every format with its keys, for a message.
    package static var described: String {
        allCases.map { "\($0.rawValue) (\($0.keys.joined(separator: ", ")))" }.joined(separator: "; ")
    }
}
