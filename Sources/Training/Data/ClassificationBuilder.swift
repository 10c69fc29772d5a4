import Datasets
import Tokenizers
import Transformers

/// Turns labelled rows into token ids, with the special tokens that the tokenizer puts around a text or a pair.
package struct ClassificationBuilder: Sendable {
    private let tokenizer: any Tokenizer
    private let pooling: Pooling
    private let maximumLength: Int
    private let overLength: ExampleBuilder.OverLength

    /// - Parameters:
    ///   - pooling: the family's.
    ///   - maximumLength: in tokens, special ones included.
    package init(
        tokenizer: any Tokenizer, pooling: Pooling, maximumLength: Int,
        overLength: ExampleBuilder.OverLength = .truncate
    ) {
        self.tokenizer = tokenizer
        self.pooling = pooling
        self.maximumLength = maximumLength
        self.overLength = overLength
    }

    /// Every row that is not dropped for its length, and the counts; a row's one label counts as a supervised token.
    ///
    /// - Parameters:
    ///   - kind: what messages call the rows.
    ///   - name: what they call the row at a place; nil for `path` and its line.
    /// - Throws: `TrainingError.noSupervisedTokens` where nothing is left; `.malformed` listing the rows (the first 20)
    ///   without tokens; `TokenizersError` where special tokens alone are too many.
    package func build(
        _ rows: [(row: LabelledRow, target: SequenceTarget)], path: String, kind: String = "training",
        progress: () -> Void = {}, name: ((Int) -> String)? = nil
    ) throws -> (examples: [TokenizedExample], counts: ExampleBuilder.Counts) {
        var counts = ExampleBuilder.Counts()
        var examples: [TokenizedExample] = []
        var empty: [String] = []
        for (place, (row, target)) in rows.enumerated() {
            progress()
            counts.rows += 1
            var encoded = try encode(row, maximumLength: nil)
            guard !encoded.ids.isEmpty else {
                empty.append(name?(place) ?? "\(path):\(row.line)")
                continue
            }
            counts.lengths.append(encoded.ids.count)
            if encoded.ids.count > maximumLength {
                if overLength == .drop {
                    counts.dropped += 1
                    continue
                }
                counts.truncated += 1
                let whole = encoded.ids.count
                encoded = try encode(row, maximumLength: maximumLength)
                counts.cutTokens += whole - encoded.ids.count
            }
            counts.supervisedTokens += 1
            counts.tokens += encoded.ids.count
            counts.places.append(place)
            examples.append(
                TokenizedExample(encoded, position: pooling.position(count: encoded.ids.count), target: target))
        }
        guard empty.isEmpty else {
            let lines = empty.prefix(20).map { "\($0): the text is empty and has no token to classify." }
            let more = empty.count > 20 ? ["and \(empty.count - 20) rows more"] : []
            throw TrainingError(.malformed, (lines + more).joined(separator: "\n"))
        }
        guard !examples.isEmpty else {
            throw TrainingError(
                .noSupervisedTokens, "None of the \(counts.rows) \(kind) rows is left to train on.",
                cause: "\(counts.dropped) rows were over \(maximumLength) tokens.", advice: "Raise training.max_length."
            )
        }
        return (examples, counts)
    }

    private func encode(_ row: LabelledRow, maximumLength: Int?) throws -> EncodedText {
        try tokenizer.encode(row.text, pair: row.pair, maximumLength: maximumLength, allowSpecial: true)
    }
}
