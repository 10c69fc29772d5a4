import Datasets
import Tokenizers

/// Makes tokens of a row: of one whose tokens are predicted, or of one that is classified.
package protocol RowBuilder: Sendable {
    /// What is wrong with all rows of a format; nil where nothing is.
    ///
    /// - Parameter format: nil of rows with labels.
    func fault(of format: RowFormat?) -> TrainingError?

    /// One row as tokens, whatever becomes of it.
    ///
    /// - Parameter template: what its conversation is written with, where that is not the builder's own.
    /// - Throws: `TokenizersError` where the row cannot be written; `TrainingError.malformed` where none of its kind can.
    func build(_ row: TrainingRow, template: ChatTemplate?) throws -> BuiltRow

    /// - Parameters:
    ///   - counts: of all rows.
    ///   - kind: what messages call them.
    /// - Throws: `TrainingError.noSupervisedTokens` where nothing is left to train on.
    func checkSupervised(_ counts: ExampleBuilder.Counts, kind: String) throws
}
