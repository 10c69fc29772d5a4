import Foundation
import Synchronization

/// Waits whose ends the ledger keeps as times of the wall's clock, held to by the monotonic one: whoever sets the clock
/// back, or forward, in the meantime neither lengthens nor shortens them.
///
/// The first time that an end is heard of, what is left of the wait is taken by the wall's clock; from then on the clock
/// does not matter. Of a wait that began under an earlier worker that is the best there is.
package final class WaitTimes: Sendable {
    private struct Wait {
        let end: Date
        /// `systemUptime` at the end.
        let uptime: Double
    }

    /// So many are looked through for those that nobody asked for again in this many seconds after their end.
    private static let most = 1_000
    private static let keptFor = 86_400.0

    private let waits = Mutex<[String: Wait]>([:])

    package init() {}

    /// Seconds that are left; zero or less where the wait is over.
    ///
    /// - Parameters:
    ///   - id: what waits.
    ///   - end: as it was decided on. Another end is another wait.
    ///   - longest: no wait is longer, in seconds; one that would be is over: the clock was set back before anybody here
    ///     had heard of it.
    package func left(
        _ id: String, until end: Date, longest: Double, wall: Date = Date(),
        uptime: Double = ProcessInfo.processInfo.systemUptime
    ) -> Double {
        waits.withLock { waits in
            if let known = waits[id], known.end == end { return known.uptime - uptime }
            let left = end.timeIntervalSince(wall)
            guard left <= longest else { return 0 }
            if waits.count >= Self.most { waits = waits.filter { $0.value.uptime > uptime - Self.keptFor } }
            waits[id] = Wait(end: end, uptime: uptime + left)
            return left
        }
    }

    /// Those that were heard of and were over within the last day.
    package func over(uptime: Double = ProcessInfo.processInfo.systemUptime) -> [String] {
        waits.withLock { waits in
            waits.filter { $0.value.uptime <= uptime && $0.value.uptime > uptime - Self.keptFor }.keys.sorted()
        }
    }

    /// What does not wait any more.
    package func forget(_ id: String) { waits.withLock { $0[id] = nil } }
}
