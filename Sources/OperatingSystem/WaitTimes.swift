import Foundation
import Synchronization

/// Waits whose ends the ledger keeps as times of the wall's clock, held to by the monotonic one: whoever sets the clock
/// back, or forward, in the meantime neither lengthens nor shortens them.
///
/// What is decided on here is told to `begin` at once, and from then on the clock does not matter. Of a wait that began
/// under an earlier worker, what is left the first time that its end is heard of is the best there is.
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

    /// A wait is decided on.
    ///
    /// - Parameters:
    ///   - id: what waits.
    ///   - end: as the ledger keeps it, to the millisecond.
    ///   - seconds: from `uptime` on.
    package func begin(
        _ id: String, until end: Date, seconds: Double, uptime: Double = ProcessInfo.processInfo.systemUptime
    ) {
        waits.withLock { Self.keep(Wait(end: Self.kept(end), uptime: uptime + seconds), of: id, in: &$0, uptime) }
    }

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
            let end = Self.kept(end)
            if let known = waits[id], known.end == end { return known.uptime - uptime }
            let left = end.timeIntervalSince(wall)
            guard left <= longest else { return 0 }
            Self.keep(Wait(end: end, uptime: uptime + left), of: id, in: &waits, uptime)
            return left
        }
    }

    /// As the ledger gives it back.
    private static func kept(_ end: Date) -> Date { Timestamp.date(Timestamp.milliseconds(end)) }

    private static func keep(_ wait: Wait, of id: String, in waits: inout [String: Wait], _ uptime: Double) {
        if waits.count >= most { waits = waits.filter { $0.value.uptime > uptime - keptFor } }
        waits[id] = wait
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
