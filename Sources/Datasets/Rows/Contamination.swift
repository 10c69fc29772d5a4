import ModelFiles
import Tokenizers

/// Rows of evaluation or validation data that also stand in the training data.
package enum Contamination {
    /// The training rows that are not in `heldOut`, and how many were.
    package static func remove(_ heldOut: [TrainingRow], from rows: [TrainingRow]) -> (
        rows: [TrainingRow], removed: Int
    ) {
        let kept = places(of: rows, notIn: heldOut)
        return (kept.map { rows[$0] }, rows.count - kept.count)
    }

    /// The places of the training rows that are not in `heldOut`, ascending.
    package static func places(of rows: [TrainingRow], notIn heldOut: [TrainingRow]) -> [Int] {
        let known = Set(heldOut.map(key))
        return rows.indices.filter { !known.contains(key(rows[$0])) }
    }

    /// `key` where only sameness counts.
    package static func digest(_ row: TrainingRow) -> RowDigest { RowDigest(key(row)) }

    /// What is given of a row, as text: rows with the same are one and the same question.
    package static func key(_ row: TrainingRow) -> String {
        switch row {
        case .completion(let prompt, _): "p" + prompt
        case .text(let text): "t" + text
        case .labelled(let row, _): "c" + row.text + (row.pair.map { "\u{0}" + $0 } ?? "")
        case .messages(let conversation): "m" + conversation.key
        }
    }

    /// The whole row as text, its answer included.
    package static func identity(_ row: TrainingRow) -> String {
        switch row {
        case .completion(let prompt, let completion): "p\(prompt)\u{0}\(completion)"
        case .labelled(let row, let target): "c\(row.text)\u{0}\(row.pair ?? "")\u{0}\(target)"
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
