/// Where a job stands.
package enum JobState: String, Sendable, Codable, CaseIterable {
    case queued
    case running
    /// Stopped by SIGTERM, its checkpoint written; the next worker goes on with it.
    case interrupted
    case succeeded
    case failed
    case rejected
    case cancelled

    /// Nothing more happens to the job unless somebody asks for a retry.
    package var isFinal: Bool { self == .succeeded || self == .failed || self == .rejected || self == .cancelled }
}
