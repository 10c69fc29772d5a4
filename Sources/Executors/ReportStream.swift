import Dispatch
import JobReports
import Synchronization

/// A running attempt's reports, waited for by one thread. Whoever tells more than is taken waits in turn: a process that
/// writes without end fills no memory of the worker's.
package final class ReportStream: Sendable {
    /// Reports that wait at most.
    private static let most = 64

    private let reports = Mutex<(waiting: [JobReport], isEnded: Bool)>(([], false))
    private let filled = DispatchSemaphore(value: 0)
    private let room = DispatchSemaphore(value: 0)

    private let onEnd = Mutex<(@Sendable () -> Void)?>(nil)

    package init() {
        // From 0: a semaphore that dies with less than it began with ends the process.
        for _ in 0..<Self.most { room.signal() }
    }

    /// Has something done once the end was taken.
    func whenEnded(_ body: @escaping @Sendable () -> Void) { onEnd.withLock { $0 = body } }

    /// Adds a report; nothing after `.ended`.
    package func put(_ report: JobReport) {
        let isEnd = if case .ended = report { true } else { false }
        // The end is told whether anybody reads or not.
        if !isEnd { room.wait() }
        let isTaken = reports.withLock { reports in
            guard !reports.isEnded else { return false }
            reports.waiting.append(report)
            reports.isEnded = isEnd
            return true
        }
        if isTaken { filled.signal() }
    }

    /// The next report, waited for; nil after `.ended`.
    package func next() -> JobReport? {
        let isOver = reports.withLock { $0.isEnded && $0.waiting.isEmpty }
        if isOver { return nil }
        filled.wait()
        room.signal()
        let report = reports.withLock { $0.waiting.removeFirst() }
        if case .ended = report { onEnd.withLock { $0 }?() }
        return report
    }

    /// Takes every report up to the end, and returns the outcome.
    ///
    /// - Parameter take: hears every report but the last.
    package func outcome(_ take: (JobReport) -> Void) -> JobOutcome {
        while let report = next() {
            if case .ended(let outcome) = report { return outcome }
            take(report)
        }
        return .interrupted
    }
}
