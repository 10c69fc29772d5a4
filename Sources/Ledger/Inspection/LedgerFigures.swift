import Foundation
import GRDB
import OperatingSystem

/// What the ledger has to say in numbers, read in one transaction.
package struct LedgerFigures: Sendable {
    /// What is known of one hook's deliveries.
    package struct Hook: Sendable {
        package let name: String
        package let pending: Int
        package let delivered: Int
        package let abandoned: Int
        /// Attempts that were not answered with 2xx.
        package let failures: Int
        package let oldestPending: Date?
    }

    /// What is known of the exports that an entry of `after_promote` asks for.
    package struct Exports: Sendable {
        /// What lorad.yaml calls it.
        package let entry: String
        package let pending: Int
        package let done: Int
        /// Failed attempts at the pending one that failed most often.
        package let failures: Int
        /// Since when the oldest pending one is asked for.
        package let oldestPending: Date?
    }

    /// How many jobs are in each state.
    package let jobs: [JobState: Int]
    package let oldestQueued: Date?
    package let oldestRunning: Date?
    /// Starts after the first, over all jobs.
    package let retries: Int
    /// Starts that ended in the worker's death.
    package let rescues: Int
    package let running: [(id: String, name: String)]
    package let hooks: [Hook]
    package let disabledHooks: Set<String>
    /// How many scheduled runs ended in each state.
    package let scheduledRuns: [ScheduledRun.State: Int]
    package let exports: [Exports]
}

extension Ledger {
    /// Counts all rows; throws where the ledger cannot be read.
    package func figures() throws -> LedgerFigures {
        try read("count its rows") { database in
            func counts<Key: RawRepresentable & Hashable>(_ table: String) throws -> [Key: Int]
            where Key.RawValue == String {
                let sql = "SELECT state, count(*) AS count FROM \(table) GROUP BY state"
                return try Row.fetchAll(database, sql: sql).reduce(into: [:]) { counts, row in
                    if let state = Key(rawValue: row["state"]) { counts[state] = row["count"] }
                }
            }
            func date(_ sql: String) throws -> Date? {
                try Int64.fetchOne(database, sql: sql).map(Timestamp.date)
            }
            let starts = try Row.fetchOne(
                database,
                sql:
                    "SELECT coalesce(sum(max(attempt - 1, 0)), 0) AS retries, coalesce(sum(crashes), 0) AS rescues FROM jobs"
            )
            return LedgerFigures(
                jobs: try counts("jobs"),
                oldestQueued: try date("SELECT min(submitted_at) FROM jobs WHERE state = 'queued'"),
                oldestRunning: try date("SELECT min(started_at) FROM jobs WHERE state = 'running'"),
                retries: starts?["retries"] ?? 0, rescues: starts?["rescues"] ?? 0,
                running: try Row.fetchAll(database, sql: "SELECT id, name FROM jobs WHERE state = 'running'")
                    .map { ($0["id"], $0["name"]) },
                hooks: try hooks(database),
                disabledHooks: Set(try String.fetchAll(database, sql: "SELECT hook FROM disabled_hooks")),
                scheduledRuns: try counts("scheduled_runs"), exports: try exports(database))
        }
    }

    private func exports(_ database: Database) throws -> [LedgerFigures.Exports] {
        let sql = """
            SELECT label, sum(state = 'pending') AS pending, sum(state = 'done') AS done,
                max(CASE WHEN state = 'pending' THEN attempts ELSE 0 END) AS failures,
                min(CASE WHEN state = 'pending' THEN wanted_at END) AS oldest
            FROM follow_ups GROUP BY label ORDER BY label
            """
        return try Row.fetchAll(database, sql: sql).map { row in
            LedgerFigures.Exports(
                entry: row["label"], pending: row["pending"], done: row["done"], failures: row["failures"],
                oldestPending: (row["oldest"] as Int64?).map(Timestamp.date))
        }
    }

    private func hooks(_ database: Database) throws -> [LedgerFigures.Hook] {
        // Failures of rows that were pruned or replayed count on.
        let sql = """
            SELECT hook, sum(pending) AS pending, sum(delivered) AS delivered, sum(abandoned) AS abandoned,
                sum(failures) AS failures, min(oldest) AS oldest
            FROM (
                SELECT hook, state = 'pending' AS pending, state = 'delivered' AS delivered,
                    state = 'abandoned' AS abandoned, attempts - (state = 'delivered') AS failures,
                    CASE WHEN state = 'pending' THEN created_at END AS oldest
                FROM deliveries
                UNION ALL SELECT hook, 0, 0, 0, earlier, NULL FROM webhook_failures
            ) GROUP BY hook ORDER BY hook
            """
        return try Row.fetchAll(database, sql: sql).map { row in
            LedgerFigures.Hook(
                name: row["hook"], pending: row["pending"], delivered: row["delivered"], abandoned: row["abandoned"],
                failures: row["failures"], oldestPending: (row["oldest"] as Int64?).map(Timestamp.date))
        }
    }
}
