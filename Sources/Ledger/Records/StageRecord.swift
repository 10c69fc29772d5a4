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
}
