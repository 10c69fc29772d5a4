import Evaluation

/// What one model made of rows or prompts, in their order: all that figures and texts are computed from.
package enum StoredScores: Equatable, Sendable {
    /// Of rows whose tokens are predicted.
    case rows([RowScore])
    /// Of rows that are classified, or regressed on.
    case outputs([Prediction])
    /// Of regression prompts.
    case answers([Generation])

    package var count: Int {
        switch self {
        case .rows(let scores): scores.count
        case .outputs(let predictions): predictions.count
        case .answers(let answers): answers.count
        }
    }
}

/// What scores are kept under. They are of use where both digests are the same, and nowhere else.
package struct ScoreKey: Hashable, Sendable {
    /// Of the model and of how it is asked, see `ScoreRecipe`; SHA-256 in lower-case hexadecimal.
    package let recipe: String
    /// Of what it is asked: rows or prompts as tokens; SHA-256 in lower-case hexadecimal.
    package let asked: String

    package init(recipe: String, asked: String) { (self.recipe, self.asked) = (recipe, asked) }
}
