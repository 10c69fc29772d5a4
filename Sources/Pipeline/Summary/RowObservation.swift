import Datasets
import Training

/// What is kept of a job's rows to tell of them, while they are there.
final class RowObservation {
    private(set) var content = RowContent([])
    private(set) var completions: [String: Int] = [:]
    private(set) var counts: ExampleBuilder.Counts?

    /// The rows that are trained on, and what became of them as tokens.
    func take(_ rows: [TrainingRow], _ counts: ExampleBuilder.Counts) {
        content = RowContent(rows)
        completions = RowContent.completions(rows)
        self.counts = counts
    }
}
