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

    package init(path: String, rows: Int, trained: Int, seen: Int) {
        (self.path, self.rows, self.trained, self.seen) = (path, rows, trained, seen)
    }
}
