import Foundation
import GRDB
import OperatingSystem

/// What to do with a delivery after an attempt.
package enum DeliveryVerdict: Sendable, Equatable {
    case delivered
    case tryAgain(at: Date)
    case abandon
    /// The receiver is gone for good (410): nothing more is sent to this hook.
    case disableHook
}

extension Ledger {
    /// The oldest pending delivery of a hook, due or not: order is kept, so no later one may overtake it.
    package func nextDelivery(for hook: String) throws -> DeliveryRecord? {
        try read("read the next delivery for hook \(hook)") { database in
            let sql = "SELECT * FROM deliveries WHERE hook = ? AND state = 'pending' ORDER BY sequence LIMIT 1"
            return try Row.fetchOne(database, sql: sql, arguments: [hook]).map(DeliveryRecord.init)
        }
    }

    /// Records an attempt and what follows from it. `result` must hold no URL.
    package func recordAttempt(
        _ id: String, hook: String, result: String, verdict: DeliveryVerdict, now: Date = Date()
    ) throws {
        try write("record a delivery to hook \(hook)") { database in
            let time = Timestamp.milliseconds(now)
            var state = DeliveryRecord.State.pending
            var due = time
            switch verdict {
            case .delivered: state = .delivered
            case .tryAgain(let at): due = Timestamp.milliseconds(at)
            case .abandon, .disableHook: state = .abandoned
            }
            try database.execute(
                sql: """
                    UPDATE deliveries SET state = ?, attempts = attempts + 1, due_at = ?, finished_at = ?,
                        last_result = ?
                    WHERE id = ? AND state = 'pending'
                    """, arguments: [state.rawValue, due, state == .pending ? nil : time, result, id])
            if verdict == .disableHook { try Self.disable(hook, reason: result, in: database, time: time) }
        }
    }

    private static func disable(_ hook: String, reason: String, in database: Database, time: Int64) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO disabled_hooks (hook, disabled_at, reason) VALUES (?, ?, ?)",
            arguments: [hook, time, reason])
        try database.execute(
            sql: """
                UPDATE deliveries SET state = 'abandoned', finished_at = ?, last_result = 'the hook was disabled'
                WHERE hook = ? AND state = 'pending'
                """, arguments: [time, hook])
    }

    /// Hooks that answered 410, with what they said.
    package func disabledHooks() throws -> [String: String] {
        try read("list the disabled hooks") { database in
            let rows = try Row.fetchAll(database, sql: "SELECT hook, reason FROM disabled_hooks")
            return Dictionary(rows.map { ($0["hook"], $0["reason"]) }, uniquingKeysWith: { first, _ in first })
        }
    }

    /// Lets a disabled hook hear of later events again.
    package func enableHook(_ hook: String) throws {
        try write("enable hook \(hook)") { database in
            try database.execute(sql: "DELETE FROM disabled_hooks WHERE hook = ?", arguments: [hook])
        }
    }

    /// Sends a delivery again, from its first attempt on and as it was: the same id, the same body, and its old place in
    /// the hook's order. One that is still pending becomes due at once. Throws `.webhook` for an unknown id.
    package func replay(_ id: String, now: Date = Date()) throws -> DeliveryRecord {
        try write("replay delivery \(id)") { database in
            // A counter never falls: the attempts that this row forgets are remembered beside it.
            try Self.keepFailures(ofDeliveries: "id = ?", [id], in: database)
            try database.execute(
                sql: """
                    UPDATE deliveries SET state = 'pending', attempts = 0, due_at = ?, finished_at = NULL,
                        last_result = NULL
                    WHERE id = ?
                    """, arguments: [Timestamp.milliseconds(now), id])
            let sql = "SELECT * FROM deliveries WHERE id = ?"
            guard let row = try Row.fetchOne(database, sql: sql, arguments: [id]) else {
                throw WorkerError(
                    .webhook, "No delivery has the id \(id).", advice: "`lorad webhooks list` lists them.")
            }
            return try DeliveryRecord(row: row)
        }
    }

    /// Deliveries in the order they were written; `job` limits them to one job.
    package func deliveries(of job: String? = nil) throws -> [DeliveryRecord] {
        try read("list the deliveries") { database in
            let sql = "SELECT * FROM deliveries WHERE ?1 IS NULL OR job = ?1 ORDER BY sequence"
            return try Row.fetchAll(database, sql: sql, arguments: [job]).map(DeliveryRecord.init)
        }
    }
}
