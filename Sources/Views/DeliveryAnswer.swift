import Foundation
import Ledger

/// A delivery as `webhooks list` and `replay` show it with `--json`.
package struct DeliveryAnswer: Codable {
    package let id: String
    package let hook: String
    /// Absent where it tells of an alias.
    package let job: String?
    /// The alias that it tells of, such as `tickets@champion`.
    package let alias: String?
    package let event: String
    package let state: String
    package let attempts: Int
    package let createdAt: Date
    package let dueAt: Date
    package let finishedAt: Date?
    package let lastResult: String?

    private enum CodingKeys: String, CodingKey {
        case id, hook, job, alias, event, state, attempts
        case createdAt = "created_at"
        case dueAt = "due_at"
        case finishedAt = "finished_at"
        case lastResult = "last_result"
    }

    package init(_ delivery: DeliveryRecord) {
        id = delivery.id
        hook = delivery.hook
        job = delivery.job
        alias = delivery.alias
        event = delivery.event
        state = delivery.state.rawValue
        attempts = delivery.attempts
        createdAt = delivery.createdAt
        dueAt = delivery.dueAt
        finishedAt = delivery.finishedAt
        lastResult = delivery.lastResult
    }
}
