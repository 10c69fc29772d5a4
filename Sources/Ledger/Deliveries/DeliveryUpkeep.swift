import Foundation
import GRDB
import OperatingSystem

/// What happens to deliveries beside being made: hooks that are gone, and rows that are old.
extension Ledger {
    /// Why a delivery was given up without another attempt.
    package enum Orphaning: String, Sendable {
        case hookIsGone = "the hook is not in lorad.yaml any more"
        case kindChanged = "the hook is of another kind now"
    }

    /// Gives up what waits for hooks that are not among `kinds`, or that are of another kind there than the message was
    /// made for. Returns how many, by hook.
    ///
    /// - Parameter kinds: of the hooks that there are, by their names.
    package func giveUpOrphans(
        among kinds: [String: String], now: Date = Date()
    ) throws -> [String: (Orphaning, count: Int)] {
        try write("give up deliveries of hooks that are gone") { database in
            let pending = try Row.fetchAll(
                database, sql: "SELECT DISTINCT hook, kind FROM deliveries WHERE state = 'pending'")
            var given: [String: (Orphaning, count: Int)] = [:]
            for row in pending {
                let (hook, kind): (String, String?) = (row["hook"], row["kind"])
                if let now = kinds[hook], kind == nil || kind == now { continue }
                let reason = kinds[hook] == nil ? Orphaning.hookIsGone : .kindChanged
                try database.execute(
                    sql: """
                        UPDATE deliveries SET state = 'abandoned', finished_at = ?, last_result = ?
                        WHERE state = 'pending' AND hook = ? AND kind IS ?
                        """, arguments: [Timestamp.milliseconds(now), reason.rawValue, hook, kind])
                given[hook] = (reason, (given[hook]?.count ?? 0) + database.changesCount)
            }
            return given
        }
    }

    /// Makes what waits for these hooks due at once.
    package func hurry(_ hooks: Set<String>, now: Date = Date()) throws {
        guard !hooks.isEmpty else { return }
        try write("hurry deliveries") { database in
            for hook in hooks {
                let time = Timestamp.milliseconds(now)
                try database.execute(
                    sql: "UPDATE deliveries SET due_at = ? WHERE hook = ? AND state = 'pending' AND due_at > ?",
                    arguments: [time, hook, time])
            }
        }
    }

    /// Rows removed in one transaction: other writers wait no longer than these take.
    private static let mostAtOnce = 1_000

    /// Removes deliveries that were made or given up before `limit`; never a pending one. Returns how many.
    package func pruneDeliveries(endedBefore limit: Date) throws -> Int {
        var removed = 0
        while true {
            let count = try write("prune deliveries") { database in
                let ids = try String.fetchAll(
                    database,
                    sql: "SELECT id FROM deliveries WHERE state <> 'pending' AND finished_at < ? LIMIT ?",
                    arguments: [Timestamp.milliseconds(limit), Self.mostAtOnce])
                guard !ids.isEmpty else { return 0 }
                let these = "id IN (\(ids.map { _ in "?" }.joined(separator: ",")))"
                try Self.keepFailures(ofDeliveries: these, StatementArguments(ids), in: database)
                try database.execute(sql: "DELETE FROM deliveries WHERE \(these)", arguments: StatementArguments(ids))
                return ids.count
            }
            removed += count
            if count < Self.mostAtOnce { return removed }
        }
    }

    /// Adds the failed attempts of rows that are about to forget them to what `/metrics` counts: a counter never falls.
    static func keepFailures(
        ofDeliveries condition: String, _ arguments: StatementArguments, in database: Database
    ) throws {
        try database.execute(
            sql: """
                INSERT INTO webhook_failures (hook, earlier)
                SELECT hook, sum(attempts) - sum(state = 'delivered') FROM deliveries WHERE \(condition) GROUP BY hook
                ON CONFLICT (hook) DO UPDATE SET earlier = earlier + excluded.earlier
                """, arguments: arguments)
    }
}
