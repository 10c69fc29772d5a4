import Datasets
import Tokenizers
import Transformers

/// Turns labelled rows into token ids, with the special tokens that the tokenizer puts around a text or a pair.
package struct ClassificationBuilder: RowBuilder {
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

    package func fault(of format: RowFormat?) -> TrainingError? { nil }

    /// One row as tokens; its one label counts as a supervised token, and a row without any token has none.
    ///
    /// - Returns: an example whose target nobody has set.
    /// - Throws: `TokenizersError` where special tokens alone are too many; `TrainingError.malformed` of a row without a
    ///   label.
    package func build(_ row: TrainingRow, template: ChatTemplate? = nil) throws -> BuiltRow {
        guard case .labelled(let row) = row else {
            throw TrainingError(.malformed, "A row without a label cannot be classified.")
        }
        let whole = try encode(row, maximumLength: nil)
        var figures = RowFigures(length: whole.ids.count)
        guard !whole.ids.isEmpty else { return BuiltRow(example: nil, figures: figures) }
        let isOver = whole.ids.count > maximumLength
        if isOver, overLength == .drop {
            figures.isDropped = true
            return BuiltRow(example: nil, figures: figures)
        }
        let encoded = isOver ? try encode(row, maximumLength: maximumLength) : whole
        (figures.tokens, figures.labels) = (encoded.ids.count, 1)
        let position = pooling.position(count: encoded.ids.count)
        return BuiltRow(example: TokenizedExample(encoded, position: position, target: nil), figures: figures)
    }

    /// Every row that is not dropped for its length, and the counts.
    ///
    /// - Parameters:
    ///   - kind: what messages call the rows.
    /// - Throws: `TrainingError.noSupervisedTokens` where nothing is left; `.malformed` listing the rows (the first 20)
    ///   without tokens; as `build` of one.
    package func build(
        _ rows: [(row: LabelledRow, target: SequenceTarget)], path: String, kind: String = "training",
        progress: () -> Void = {}
    ) throws -> (examples: [TokenizedExample], counts: ExampleBuilder.Counts) {
        var counts = ExampleBuilder.Counts()
        var examples: [TokenizedExample] = []
        var empty: [String] = []
        for (place, (row, target)) in rows.enumerated() {
            progress()
            let built = try build(.labelled(row))
            if built.figures.length == 0 { empty.append("\(path):\(row.line)") }
            counts.add(built.figures, at: place)
            if let example = built.example { examples.append(example.with(target)) }
        }
        if let refusal = Self.refusal(empty: empty) { throw refusal }
        try checkSupervised(counts, kind: kind)
        return (examples, counts)
    }

    /// What is wrong where rows have no token, the first 20 of them by name; nil where none is.
    package static func refusal(empty names: [String]) -> TrainingError? {
        guard !names.isEmpty else { return nil }
        let lines = names.prefix(20).map { "\($0): the text is empty and has no token to classify." }
        let more = names.count > 20 ? ["and \(names.count - 20) rows more"] : []
        return TrainingError(.malformed, (lines + more).joined(separator: "\n"))
    }

    package func checkSupervised(_ counts: ExampleBuilder.Counts, kind: String) throws {
        guard counts.supervisedTokens == 0 else { return }
        throw TrainingError(
            .noSupervisedTokens, "None of the \(counts.rows) \(kind) rows is left to train on.",
            cause: "\(counts.dropped) rows were over \(maximumLength) tokens.", advice: "Raise training.max_length.")
    }

    private func encode(_ row: LabelledRow, maximumLength: Int?) throws -> EncodedText {
        try tokenizer.encode(row.text, pair: row.pair, maximumLength: maximumLength, allowSpecial: true)
    }
}
