import Foundation
import Manifests

/// When a job is tried again that met a fault which may pass.
package struct JobRetries: Sendable {
    /// Share of a wait that is added at random at most, so that jobs do not come back in step.
    package static let jitter = 0.25

    private let settings: JobsConfiguration

    package init(_ settings: JobsConfiguration) { self.settings = settings }

    /// No wait is longer, in seconds; with a second for rounding.
    package var longestWait: Double { settings.longestRetryWait * (1 + Self.jitter) + 1 }

    /// Seconds before the next attempt: `retry_wait` · 4ⁿ after n retries, at most `longest_retry_wait`, and up to a
    /// quarter more; nil once there have been `retries`.
    ///
    /// - Parameter random: in 0..<1.
    package func wait(after retries: Int, random: Double = .random(in: 0..<1)) -> Double? {
        guard retries < settings.retries else { return nil }
        // The bound on the exponent keeps the power finite, far above any longest wait.
        let wait = min(settings.retryWait * pow(4, Double(min(retries, 30))), settings.longestRetryWait)
        return wait * (1 + Self.jitter * random)
    }
}
