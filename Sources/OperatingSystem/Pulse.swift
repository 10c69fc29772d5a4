import Foundation
import Synchronization

/// The watch loop's sign of life, for the service manager's watchdog and for `/healthz`.
package final class Pulse: Sendable {
    private let manager: ServiceManager?
    /// `systemUptime` of the last turn of the loop, and of the last word to the watchdog.
    private let times = Mutex((beat: ProcessInfo.processInfo.systemUptime, told: 0.0))
    /// Seconds within which the loop turns, even where nothing happens.
    private let longestTurn: Double

    /// - Parameter longestTurn: seconds within which the loop turns, whatever the service manager wants; a fraction of
    ///   those after which it counts as standing still.
    package init(_ manager: ServiceManager? = nil, longestTurn: Double = 15) {
        self.manager = manager
        self.longestTurn = longestTurn
    }

    /// The worker takes manifests from now on.
    package func ready() { manager?.tell("READY=1\nSTATUS=watching the inbox") }

    /// The worker is ending.
    package func stopping() { manager?.tell("STOPPING=1") }

    /// Called at every turn of the loop; returns the seconds after which the next turn must have come.
    package func beat() -> Double {
        let now = ProcessInfo.processInfo.systemUptime
        guard let manager, let watchdog = manager.watchdog else {
            times.withLock { $0.beat = now }
            return longestTurn
        }
        // sd_watchdog_enabled(3) advises half of the time; a third leaves room for a turn that takes long.
        let isDue = times.withLock { times in
            times.beat = now
            guard now - times.told >= watchdog / 3 else { return false }
            times.told = now
            return true
        }
        if isDue { manager.tell("WATCHDOG=1") }
        return min(watchdog / 3, longestTurn)
    }

    /// Seconds since the last turn.
    package var age: Double { ProcessInfo.processInfo.systemUptime - times.withLock { $0.beat } }
}
