/// Counts the rows of a job's files as they are tokenized.
final class RowProgress {
    private let reporter: JobReporter
    private var done = 0
    private var total = 0
    /// Rows done when the file that is being read began, and how many it seems to have.
    private var begun = 0
    private var estimate = 0

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

    /// A row of a file is done of which nobody knows how many it has.
    ///
    /// - Parameter share: of the file that was read by now.
    func advance(share: Double) {
        done += 1
        let own = done - begun
        // The file's end is its last row only once it was read.
        estimate = max(own + 1, share > 0 ? Int(Double(own) / share) : 0)
        reporter.progress(done, of: max(done + 1, total + estimate), .rows)
    }

    /// The file has no more rows.
    func settle() {
        total += done - begun
        begun = done
    }

    /// So many rows are done at once.
    func advance(by rows: Int) {
        done += rows
        settle()
        reporter.progress(done, of: max(done, total), .rows)
    }

    /// Something was read.
    func moved() { reporter.moved() }
}
