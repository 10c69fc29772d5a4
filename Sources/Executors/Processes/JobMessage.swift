import JobReports

/// What the worker tells a job process: one JSON document a line, on the process's standard input. Its end means that
/// the worker is gone.
enum JobMessage: Codable, Sendable, Equatable {
    /// First, and once the ledger has the process's identity: the work.
    case order(JobOrder)
    /// Write the checkpoint and end.
    case stop
    /// The answer to `.mayPublish`.
    case publish(Bool)
}

extension ReportWriter {
    /// Tells the worker, within `MessageLimits`: one `JobReport` a line, on standard output. After `.ended` the process
    /// waits for the end of its standard input, so that this line is never lost with it.
    func send(_ report: JobReport) { send(message: report.bounded) }
}
