import Foundation
import Synchronization

/// The watch loop's sign of life, for the service manager's watchdog and for `/healthz`.
package final class Pulse: Sendable {
    private let manager: ServiceManager?
    /// `systemUptime` of the last turn of the loop, and of the last word to the watchdog.
    private let times = Mutex((beat: ProcessInfo.processInfo.systemUptime, told: 0.0))

    package init(_ manager: ServiceManager? = nil) { self.manager = manager }

    /// The worker takes manifests from now on.
    package func ready() { manager?.tell("READY=1\nSTATUS=watching the inbox") }

    /// The worker is ending.
    package func stopping() { manager?.tell("STOPPING=1") }

    /// Called at every turn of the loop; returns the seconds after which the next turn must have come.
    package func beat() -> Double {
        let now = ProcessInfo.processInfo.systemUptime
        guard let manager, let watchdog = manager.watchdog else {
            times.withLock { $0.beat = now }
            return .infinity
        }
        // sd_watchdog_enabled(3) advises half of the time; a third leaves room for a turn that takes long.
        let isDue = times.withLock { times in
            times.beat = now
            guard now - times.told >= watchdog / 3 else { return false }
            times.told = now
            return true
        }
        if isDue { manager.tell("WATCHDOG=1") }
        return watchdog / 3
    }

    /// Seconds since the last turn.
    package var age: Double { ProcessInfo.processInfo.systemUptime - times.withLock { $0.beat } }
}
