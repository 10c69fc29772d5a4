import Foundation
import Ledger
import Manifests
import Testing
import Webhooks

@Suite("Retry policy")
struct RetryPolicyTests {
    private let now = Date(timeIntervalSince1970: 1_000)
    private let policy = RetryPolicy(
        settings: DeliverySettings(retryWaits: [5, 30], jitter: 0.2, longestRetryAfter: 100))

    private func verdict(
        _ status: Int, kind: HookKind = .generic, retryAfter: Double? = nil, attempts: Int = 1, chance: Double = 0
    ) -> DeliveryVerdict {
        let outcome = PostOutcome.answered(status: status, retryAfter: retryAfter)
        return policy.verdict(outcome, kind: kind, attempts: attempts, now: now, chance: chance)
    }

    @Test("Only 2xx is a success", arguments: [200, 202, 204, 299])
    func success(status: Int) { #expect(verdict(status) == .delivered) }

    @Test("Redirects, server errors and most refusals are tried again", arguments: [301, 302, 401, 404, 429, 500, 503])
    func again(status: Int) { #expect(verdict(status) == .tryAgain(at: now + 5)) }

    @Test("A body that a chat refused is not sent to it again; a program's receiver gets it again")
    func refused() {
        for status in [400, 413, 422] {
            for kind in HookKind.allCases {
                #expect(verdict(status, kind: kind) == (kind == .generic ? .tryAgain(at: now + 5) : .abandon))
            }
        }
    }

    @Test("410 disables a hook of any kind", arguments: HookKind.allCases)
    func gone(kind: HookKind) { #expect(verdict(410, kind: kind) == .disableHook) }

    @Test("The waits are those that Standard Webhooks recommends: ten attempts over some three days")
    func standard() {
        let waits = DeliverySettings().retryWaits
        let hours: [Double] = [2, 5, 10, 14, 20, 24]
        let expected: [Double] = [5, 300, 1_800] + hours.map { $0 * 3_600 }
        #expect(waits == expected)
    }

    @Test("Waits follow the schedule with jitter, and end with it")
    func schedule() {
        #expect(verdict(500, attempts: 2) == .tryAgain(at: now + 30))
        #expect(verdict(500, attempts: 2, chance: 0.5) == .tryAgain(at: now + 33))
        #expect(verdict(500, attempts: 3) == .abandon)
    }

    @Test("Retry-After lengthens the wait up to a bound, and never shortens it")
    func retryAfter() {
        #expect(verdict(429, retryAfter: 60) == .tryAgain(at: now + 60))
        #expect(verdict(429, retryAfter: 1) == .tryAgain(at: now + 5))
        #expect(verdict(503, retryAfter: 1e9) == .tryAgain(at: now + 100))
    }

    @Test("A failed connection is tried again")
    func failed() {
        #expect(
            policy.verdict(.failed("refused"), kind: .slack, attempts: 1, now: now, chance: 0) == .tryAgain(at: now + 5)
        )
    }
}
