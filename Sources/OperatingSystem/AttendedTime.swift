/// Time during which this process could look after another, in seconds.
///
/// It is summed up over looks that come often. Where one is late, this process was stopped (SIGSTOP, a debugger), or the
/// machine slept or was saved away: what happened to its jobs meanwhile nobody knows, and it is not held against them.
package struct AttendedTime: Sendable {
    /// Looks are at most this far apart on a machine that runs, however busy it is.
    private let longestStep: Double
    private var last: Double
    /// Since the start.
    package private(set) var seconds = 0.0

    /// - Parameter now: by a clock that is never set.
    package init(now: Double, longestStep: Double) {
        last = now
        self.longestStep = longestStep
    }

    /// Looks, at `now`; returns the seconds so far.
    ///
    /// - Parameter counts: false where the time since the last look shall not count.
    @discardableResult
    package mutating func look(now: Double, counts: Bool = true) -> Double {
        if counts { seconds += min(max(now - last, 0), longestStep) }
        last = now
        return seconds
    }
}
