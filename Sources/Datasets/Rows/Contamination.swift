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

    private static func key(_ row: TrainingRow) -> String {
        switch row {
        case .completion(let prompt, _): "p" + prompt
        case .text(let text): "t" + text
        case .labelled(let row, _): "c" + row.text + (row.pair.map { "\u{0}" + $0 } ?? "")
        case .messages(let messages): "m" + messages.map { "\($0.role)\u{0}\($0.content)" }.joined(separator: "\u{1}")
        }
    }
}
