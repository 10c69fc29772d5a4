import Foundation
import Glibc

/// Tells a clock that was set from time that has passed.
package struct ClockWatch: Sendable {
    private let wall: Date
    private let sinceBoot: Double

    package init(wall: Date = Date(), sinceBoot: Double = Self.sinceBoot) {
        self.wall = wall
        self.sinceBoot = sinceBoot
    }

    /// Seconds by which the wall's clock has been set forward since the start; below zero where it was set back.
    package func gain(wall now: Date = Date(), sinceBoot: Double = Self.sinceBoot) -> Double {
        now.timeIntervalSince(wall) - (sinceBoot - self.sinceBoot)
    }

    /// Seconds since boot, those that the machine slept included: waking up is not a clock that was set.
    package static var sinceBoot: Double {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
