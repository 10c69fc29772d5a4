import Synchronization

/// Asks a running attempt to stop, whoever asks and whenever.
package final class JobControl: Sendable {
    /// Why an attempt is asked to stop.
    package enum Reason: Sendable {
        /// The worker ends; the job goes on later.
        case stop
        /// Somebody cancelled the job.
        case cancel
        /// What it does cannot be recorded; it is tried again once it can.
        case fault
    }

    private let state = Mutex<(reason: Reason?, stop: (@Sendable () -> Void)?)>((nil, nil))

    package init() {}

    /// The first reason asked with; nil while nobody asked.
    package var reason: Reason? { state.withLock { $0.reason } }

    /// Asks; the first reason stays.
    package func request(_ reason: Reason) {
        let stop = state.withLock { state -> (@Sendable () -> Void)? in
            guard state.reason == nil else { return nil }
            state.reason = reason
            return state.stop
        }
        stop?()
    }

    /// Says how the attempt is asked, which is done at once where somebody asked already.
    package func whenRequested(_ stop: @escaping @Sendable () -> Void) {
        let isRequested = state.withLock { state in
            state.stop = stop
            return state.reason != nil
        }
        if isRequested { stop() }
    }
}
