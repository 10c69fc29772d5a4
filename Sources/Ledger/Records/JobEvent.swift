/// What of a job's life people are told.
package enum JobEvent: String, Sendable, CaseIterable {
    case queued, started, succeeded, failed, rejected, cancelled
}
