import Datasets
import Tokenizers
import Training

/// The rows of one file to train on, as tokens that stay in a file.
struct TokenizedRows {
    /// nil of rows with labels.
    let format: RowFormat?
    let count: Int
    /// Of all its rows; nil where none can be tokenized: for want of a base, or for what `fault` says.
    let file: TokenizedFile?
    /// Of each row; empty where rows have none.
    let labels: LabelColumn
    /// Why no row can be tokenized.
    let fault: (any Error)?
    /// Rows that a template refuses.
    let refused: [(place: Int, error: TokenizersError)]
    /// What stands for rows before a person.
    let texts: RowTexts
}

/// Texts of a file's rows by their place. Those of the first rows are at hand; for others the file is read once more.
final class RowTexts {
    typealias Text = TokenizedFileNotes.Text

    /// How many of the first rows are at hand, and bytes of their texts.
    static let most = (rows: 1_000, bytes: 1 << 20)

    private let source: TrainingFile
    private let format: RowFormat?
    private let sha256: String
    private var known: [Int: Text]

    /// - Parameter format: that the rows are read in; nil of rows with labels.
    init(_ source: TrainingFile, format: RowFormat?, sha256: String, first: [Text]) {
        (self.source, self.format, self.sha256) = (source, format, sha256)
        known = Dictionary(uniqueKeysWithValues: first.enumerated().map { ($0, $1) })
    }

    /// The texts of the rows at `places`.
    ///
    /// - Throws: `PipelineError.failed` where the file is another by now; as reading it.
    func texts(_ places: [Int]) throws -> [Text] {
        let missing = Set(places.filter { known[$0] == nil })
        if !missing.isEmpty { try read(missing) }
        return places.map { known[$0] ?? Text("") }
    }

    private func read(_ wanted: Set<Int>) throws {
        var stream = try source.stream(format: format, isLabelled: format == nil)
        var place = 0
        let last = wanted.max() ?? 0
        while place <= last, let (_, row) = try stream.next() {
            if wanted.contains(place) { known[place] = row.shownText }
            place += 1
        }
        guard try stream.rows.drain() == sha256 else {
            throw PipelineError(
                .failed, "\(source.path) was changed while the job read it.",
                advice: "Run the job again; write data beside its place and rename it.")
        }
    }
}

extension TrainingRow {
    /// `shown`, and the second text of a pair.
    var shownText: RowTexts.Text {
        if case .labelled(let row) = self { return RowTexts.Text(row.text, pair: row.pair) }
        return RowTexts.Text(shown)
    }
}
