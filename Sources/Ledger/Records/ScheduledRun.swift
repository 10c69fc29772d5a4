import Foundation

/// One time that an entry of `schedule` came due, as the ledger keeps it.
package struct ScheduledRun: Sendable, Equatable {
    package enum State: String, Sendable, CaseIterable {
        /// To be submitted; a worker that dies here finds it again.
        case decided
        /// In the inbox.
        case submitted
        /// Neither data, base nor settings had changed.
        case unchanged
        /// Nobody was there in time.
        case missed
        /// Its manifest could not be submitted.
        case failed
    }

    package let entry: String
    package let due: Date
    package let state: State
    package let detail: String?

    package init(entry: String, due: Date, state: State, detail: String?) {
        self.entry = entry
        self.due = due
        self.state = state
        self.detail = detail
    }
}
