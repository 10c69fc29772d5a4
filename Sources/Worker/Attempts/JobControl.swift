import Synchronization

/// Asks a running job to stop at its next step; the runner polls it.
package final class JobControl: Sendable {
    /// Why a job is asked to stop.
    package enum Reason: UInt8, Sendable {
        /// The worker ends; the job goes on later.
        case stop = 1
        /// Somebody cancelled the job.
        case cancel = 2
        /// What it does cannot be recorded; it is tried again once it can.
        case fault = 3
    }

    private let value = Atomic<UInt8>(0)

    package init() {}

    /// True once the job should write its checkpoint and return `.interrupted`.
    package var shouldStop: Bool { value.load(ordering: .relaxed) != 0 }

    /// The first reason asked with; nil while nobody asked.
    package var reason: Reason? { Reason(rawValue: value.load(ordering: .relaxed)) }

    /// Asks; the first reason stays.
    package func request(_ reason: Reason) {
        _ = value.compareExchange(expected: 0, desired: reason.rawValue, ordering: .relaxed)
    }
}
