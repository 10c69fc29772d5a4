import Foundation

/// A row of the ledger's `stages`: written before the stage starts and after it ends.
package struct StageRecord: Sendable, Equatable {
    package enum State: String, Sendable, Codable { case running, finished }

    package let attempt: Int
    package let name: String
    package let state: State
    package let startedAt: Date
    package let finishedAt: Date?
    package let detail: String?

    package init(
        attempt: Int, name: String, state: State, startedAt: Date, finishedAt: Date? = nil, detail: String? = nil
    ) {
        self.attempt = attempt
        self.name = name
        self.state = state
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.detail = detail
    }
}
