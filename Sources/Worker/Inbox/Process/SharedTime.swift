import Foundation
import Synchronization

/// When something was last done.
final class SharedTime: Sendable {
    private let time = Mutex(-Double.infinity)

    /// True where it is time to do it again, which then counts as done.
    func isDue(every seconds: Double) -> Bool {
        let now = ProcessInfo.processInfo.systemUptime
        return time.withLock { time in
            guard now - time >= seconds else { return false }
            time = now
            return true
        }
    }
}
