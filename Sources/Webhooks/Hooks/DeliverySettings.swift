/// How webhook deliveries are retried and bounded. Durations in seconds.
package struct DeliverySettings: Sendable {
    /// Waits before the second, third, … attempt; after the last one a delivery is given up.
    package var retryWaits: [Double]
    /// Up to this share of each wait is added at random, so that hooks do not retry in step.
    package var jitter: Double
    /// A `Retry-After` longer than this is cut to it.
    package var longestRetryAfter: Double
    /// Time to resolve the name, connect and finish the TLS handshake.
    package var connectTimeout: Double
    /// Time for the whole request, connecting included.
    package var timeout: Double
    /// How long `watch --once` waits at the end for first attempts that are still to be made.
    package var drainTimeout: Double

    /// The schedule that https://www.standardwebhooks.com recommends: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h.
    package static let standardWaits: [Double] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]

    /// No delivery waits longer for its next attempt, in seconds; with a second for rounding.
    package var longestWait: Double { max((retryWaits.max() ?? 0) * (1 + jitter), longestRetryAfter) + 1 }

    package init(
        retryWaits: [Double] = standardWaits, jitter: Double = 0.2,
        longestRetryAfter: Double = 86_400, connectTimeout: Double = 10, timeout: Double = 20, drainTimeout: Double = 30
    ) {
        self.retryWaits = retryWaits
        self.jitter = jitter
        self.longestRetryAfter = longestRetryAfter
        self.connectTimeout = connectTimeout
        self.timeout = timeout
        self.drainTimeout = drainTimeout
    }
}
