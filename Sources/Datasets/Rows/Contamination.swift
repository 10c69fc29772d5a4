import ModelFiles
import Tokenizers

/// What tells rows of evaluation or validation data that also stand in the training data.
package enum Contamination {
    /// `key` where only sameness counts.
    package static func digest(_ row: TrainingRow) -> RowDigest { RowDigest(key(row)) }

    /// What is given of a row, as text: rows with the same are one and the same question.
    package static func key(_ row: TrainingRow) -> String {
        switch row {
        case .completion(let prompt, _): "p" + prompt
        case .text(let text): "t" + text
        case .labelled(let row): "c" + row.text + (row.pair.map { "\u{0}" + $0 } ?? "")
        case .messages(let conversation): "m" + conversation.key
        }
    }

    /// The whole row as text, its answer included.
    package static func identity(_ row: TrainingRow) -> String {
        switch row {
        case .completion(let prompt, let completion): "p\(prompt)\u{0}\(completion)"
        case .labelled(let row): "c\(row.text)\u{0}\(row.pair ?? "")\u{0}\(row.label.plain)"
        case .text, .messages: key(row)
        }
    }
}

extension Conversation {
    /// Who says what, and what tools are called; not what a turn thinks, or which tools there are.
    fileprivate var key: String {
        messages.map { message in
            let calls = message.fields["tool_calls"].map { "\u{2}" + JSONText.document($0) } ?? ""
            return "\(message.role)\u{0}\(message.content)\(calls)"
        }.joined(separator: "\u{1}")
    }
}
