import Foundation
import Ledger
import Worker

/// A delivery as `webhooks list` and `replay` show it with `--json`.
struct DeliveryAnswer: Codable {
    let id: String
    let hook: String
    let job: String
    let event: String
    let state: String
    let attempts: Int
    let createdAt: Date
    let dueAt: Date
    let finishedAt: Date?
    let lastResult: String?

    enum CodingKeys: String, CodingKey {
        case id, hook, job, event, state, attempts
        case createdAt = "created_at"
        case dueAt = "due_at"
        case finishedAt = "finished_at"
        case lastResult = "last_result"
    }

    init(_ delivery: DeliveryRecord) {
        id = delivery.id
        hook = delivery.hook
        job = delivery.job
        event = delivery.event
        state = delivery.state.rawValue
        attempts = delivery.attempts
        createdAt = delivery.createdAt
        dueAt = delivery.dueAt
        finishedAt = delivery.finishedAt
        lastResult = delivery.lastResult
    }
}
