import JobReports

/// How an attempt ended, as the ledger keeps it.
package struct JobEnding: Sendable, Equatable {
    package var state: JobState
    package var reason: String?
    package var runFolder: String?
    package var summary: JobSummary?

    package init(_ state: JobState, reason: String? = nil, runFolder: String? = nil, summary: JobSummary? = nil) {
        self.state = state
        self.reason = reason
        self.runFolder = runFolder
        self.summary = summary
    }
}
