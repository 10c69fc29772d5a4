import Foundation
import Ledger

/// What an entry of `after_promote` did or is to do for a name, `lorad registry exports --json`.
package struct FollowUpAnswer: Encodable {
    package let entry: String
    package let name: String
    /// Where the alias leads; absent for the bare base.
    package let version: Int?
    package let base: Bool
    /// `pending` or `done`.
    package let state: String
    /// Attempts that failed.
    package let attempts: Int
    /// When the next attempt is due; absent where it is done.
    package let dueAt: Date?
    package let wantedAt: Date
    package let finishedAt: Date?
    package let lastResult: String?

    private enum CodingKeys: String, CodingKey {
        case entry, name, version, base, state, attempts
        case dueAt = "due_at"
        case wantedAt = "wanted_at"
        case finishedAt = "finished_at"
        case lastResult = "last_result"
    }

    package init(_ record: FollowUpRecord) {
        entry = record.label
        name = record.name
        version = record.target.number
        base = record.target == .base
        state = record.state.rawValue
        attempts = record.attempts
        dueAt = record.state == .pending ? record.dueAt : nil
        wantedAt = record.wantedAt
        finishedAt = record.finishedAt
        lastResult = record.lastResult
    }
}
