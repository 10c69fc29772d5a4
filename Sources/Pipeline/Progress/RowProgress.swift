/// Counts the rows of a job's files as they are tokenized.
final class RowProgress {
    private let reporter: JobReporter
    private var done = 0
    private var total = 0

    init(_ reporter: JobReporter) { self.reporter = reporter }

    /// So many rows more are to be tokenized.
    func expect(_ rows: Int) { total += rows }

    /// So many of them are not, after all.
    func leaveOut(_ rows: Int) { total -= rows }

    /// A row is done.
    func advance() {
        done += 1
        reporter.progress(done, of: max(done, total), .rows)
    }
}
