import Evaluation
import Manifests
import Tokenizers
import Training

/// What a base can be fed: so many tokens at once, each of them a row of its embedding. Whatever is over it would end a
/// run in the middle.
struct BaseLimits {
    /// The most tokens of a sequence: the base's positions, but for those that the adapter's virtual tokens take.
    let positions: Int
    /// What virtual tokens take of the positions, in words; empty where there are none.
    let taken: String
    /// Rows of the embedding.
    let vocabulary: Int
    private let tokenizer: any Tokenizer

    static let tokenCause = "The tokenizer and the weights do not belong together."
    static let tokenAdvice = "Use the tokenizer that the base was trained with, or keep such tokens out of the text."

    init(_ base: VerifiedBase, _ manifest: JobManifest) {
        positions = Self.positions(base, manifest)
        let virtual = manifest.adapter.virtualPositions
        taken = virtual == 0 ? "" : " beside the adapter's \(virtual) virtual tokens"
        vocabulary = base.files.configuration.vocabularySize
        tokenizer = base.tokenizer
    }

    /// At least 1; that virtual tokens leave none is noted where the adapter is made.
    static func positions(_ base: VerifiedBase, _ manifest: JobManifest) -> Int {
        max(1, base.files.configuration.maxPositions - manifest.adapter.virtualPositions)
    }

    /// What is wrong with the first token that has no row in the embedding; nil where all have one.
    func fault(ids: some Sequence<Int>) -> String? {
        ids.first { $0 < 0 || $0 >= vocabulary }.map { id in
            "the token \(tokenizer.piece(id).debugDescription) has the id \(id), which lies outside the base's "
                + "embedding of \(vocabulary) rows."
        }
    }

    /// Whether a file's rows are such that the base can be fed each of them.
    func holds(_ file: TokenizedFile) -> Bool { file.mostFed <= positions && file.highestToken < vocabulary }

    /// Notes every example whose tokens the base does not have or cannot hold.
    ///
    /// - Parameter place: of an example's row, by its index.
    /// - Throws: as the examples.
    func check(_ examples: any ExampleSource, _ mistakes: JobMistakes, place: (Int) -> RowPlace) throws {
        var long: [(place: RowPlace, message: String)] = []
        var unknown: [(place: RowPlace, message: String)] = []
        for index in 0..<examples.count {
            let example = try examples[index]
            if example.fedCount > positions {
                long.append(
                    (
                        place(index),
                        "the row has \(example.tokens.count) tokens; the base has \(positions) positions\(taken)."
                    ))
            }
            if let fault = fault(ids: example.tokens) { unknown.append((place(index), fault)) }
        }
        mistakes.note(
            long,
            advice: "Shorten the row, or set training.max_length to \(positions): longer rows are then cut, or left "
                + "out with training.over_length: drop.")
        mistakes.note(unknown, cause: Self.tokenCause, advice: Self.tokenAdvice)
    }

    /// Notes every row of evaluation data with tokens that the base does not have.
    func check(_ plan: SlicePlan, _ mistakes: JobMistakes) {
        let rows = plan.rows.compactMap { row in
            let ids = row.plan.sequences.flatMap { $0.tokens + $0.labels.map(\.target) }
            return fault(ids: ids).map { (line: row.line, message: $0) }
        }
        mistakes.note(rows, of: plan.path, cause: Self.tokenCause, advice: Self.tokenAdvice)
    }

    /// The same for rows that are classified.
    func check(_ plan: ClassificationPlan, _ mistakes: JobMistakes) {
        let rows = plan.rows.compactMap { row in
            fault(ids: row.text.ids).map { (line: row.line, message: $0) }
        }
        mistakes.note(rows, of: plan.path, cause: Self.tokenCause, advice: Self.tokenAdvice)
    }
}

extension TokenizedExample {
    /// Tokens that go through the model: of predicted ones the last is never fed.
    fileprivate var fedCount: Int {
        target == nil ? labelPositions.last.map { $0 + 1 } ?? tokens.count : tokens.count
    }
}
