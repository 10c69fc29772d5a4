/// One of several files that a run was trained on: `training.sources` in `report.json`.
package struct SourceReport: Codable, Sendable, Equatable {
    /// The file, as the manifest names it.
    package var path: String
    /// Rows in the file.
    package var rows: Int
    /// Rows of it that were trained on: without those that stand in held-out data, were left out, or not among those that
    /// `limit` took.
    package var trained: Int
    /// How many rows of all steps were of this file.
    package var seen: Int

    /// Labels of its rows that carried the loss in all steps; absent in reports of lorad 0.2 and before, and of runs that
    /// one of those had begun.
    package var supervisedTokens: Int?
    /// The training loss over them, each as it was in its own step; absent where none was seen, too.
    package var loss: Double?

    package init(
        path: String, rows: Int, trained: Int, seen: Int, supervisedTokens: Int? = nil, loss: Double? = nil
    ) {
        (self.path, self.rows, self.trained, self.seen) = (path, rows, trained, seen)
        (self.supervisedTokens, self.loss) = (supervisedTokens, loss)
    }

    private enum CodingKeys: String, CodingKey {
        case path, rows, trained, seen, loss
        case supervisedTokens = "supervised_tokens"
    }
}
