import Training

/// What is kept of a job's rows to tell of them, while they are there.
final class RowObservation {
    private(set) var content = RowContent()
    /// Rows by their completions; none where there are many, which are no labels.
    private(set) var completions: [String: Int] = [:]
    private(set) var counts: ExampleBuilder.Counts?

    /// The rows that are trained on, and what became of them as tokens.
    func take(_ content: RowContent, completions: [String: Int] = [:], _ counts: ExampleBuilder.Counts) {
        (self.content, self.completions, self.counts) = (content, completions, counts)
    }
}
