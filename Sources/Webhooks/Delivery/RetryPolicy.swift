import Foundation
import Ledger
import Manifests

/// How a post ended.
package enum PostOutcome: Sendable, Equatable {
    /// The service answered; `retryAfter` in seconds where it said so.
    case answered(status: Int, retryAfter: Double?)
    /// It did not; the reason holds no URL.
    case failed(String)
}

/// What follows from an outcome: only 2xx is a success, redirects are not followed, 410 disables the hook.
package struct RetryPolicy: Sendable {
    package let settings: DeliverySettings

    package init(settings: DeliverySettings) { self.settings = settings }

    /// `attempts` counts this one; `chance` is uniform in 0..<1. A wait is never shorter than the schedule's, whatever
    /// `Retry-After` says: a service that always answers "in a second" would use up all attempts in ten.
    package func verdict(
        _ outcome: PostOutcome, kind: HookKind, attempts: Int, now: Date, chance: Double = .random(in: 0..<1)
    ) -> DeliveryVerdict {
        var retryAfter: Double?
        if case .answered(let status, let after) = outcome {
            switch status {
            case 200..<300: return .delivered
            case 410: return .disableHook
            case _ where ChatServices.of(kind).bodyRefusals.contains(status): return .abandon
            default: retryAfter = after
            }
        }
        guard settings.retryWaits.indices.contains(attempts - 1) else { return .abandon }
        let planned = settings.retryWaits[attempts - 1] * (1 + settings.jitter * chance)
        return .tryAgain(at: now + max(planned, min(retryAfter ?? 0, settings.longestRetryAfter)))
    }

    /// For the log and the ledger.
    package static func words(_ outcome: PostOutcome) -> String {
        switch outcome {
        case .answered(let status, _) where (300..<400).contains(status):
            "answered \(status); redirects are not followed"
        case .answered(let status, _): "answered \(status)"
        case .failed(let reason): reason
        }
    }
}
