import Datasets
import Tokenizers

/// Every labelled row of a data file, tokenized and ready to be put to models. Made once, used for base and adapter alike.
package struct ClassificationPlan: Sendable {
    /// A row that is scored.
    package struct Row: Equatable, Sendable {
        package let line: Int
        package let slice: String?
        package let text: EncodedText
        package let target: SequenceTarget
        /// SHA-256 of what the row says, see `RowDigest`.
        package let digest: String
    }

    /// The data file, as messages name it.
    package let path: String
    package let labels: SequenceLabels
    package let rows: [Row]
    /// Rows of which the end was cut off.
    package let truncated: Int

    /// Tokenizes rows as training does: with special tokens, cut to `maximumLength`.
    ///
    /// - Throws: `TokenizersError.malformed` listing rows whose label is none of `labels`; `EvaluationError.malformed` for
    ///   no rows, and listing the rows (the first 20) without tokens.
    package init(
        rows: [LabelledRow], path: String, labels: SequenceLabels, tokenizer: any Tokenizer, maximumLength: Int,
        progress: () -> Void = {}
    ) throws {
        guard !rows.isEmpty else { throw EvaluationError(.malformed, "\(path) holds no rows.") }
        self.path = path
        self.labels = labels
        var truncated = 0
        var empty: [Int] = []
        let targets = try labels.targets(rows.lazy.map(LabelledLine.init), path)
        self.rows = try zip(rows, targets).compactMap { row, target in
            progress()
            let whole = try tokenizer.encode(row.text, pair: row.pair, maximumLength: nil, allowSpecial: true)
            guard !whole.ids.isEmpty else {
                empty.append(row.line)
                return nil
            }
            guard whole.ids.count > maximumLength else {
                return Row(line: row.line, slice: row.slice, text: whole, target: target, digest: row.digest)
            }
            truncated += 1
            let cut = try tokenizer.encode(
                row.text, pair: row.pair, maximumLength: maximumLength, allowSpecial: true)
            return Row(line: row.line, slice: row.slice, text: cut, target: target, digest: row.digest)
        }
        self.truncated = truncated
        guard empty.isEmpty else {
            let lines = empty.prefix(20).map { "\(path):\($0): the text is empty and has no token to classify." }
            let more = empty.count > 20 ? ["and \(empty.count - 20) rows more"] : []
            throw EvaluationError(.malformed, (lines + more).joined(separator: "\n"))
        }
    }

    /// Names of the slices that the rows belong to, sorted.
    package var sliceNames: [String] { Set(rows.compactMap(\.slice)).sorted() }
}

extension LabelledRow {
    fileprivate var digest: String { RowDigest.of([text] + (pair.map { [$0] } ?? []) + [label.plain]) }
}
