import Foundation
import GRDB
import OperatingSystem

/// What a look at a ledger's file tells. Nothing is made, migrated or changed, as `Ledger` would.
package struct LedgerInspection: Sendable {
    /// The queue and the deliveries.
    package struct Queue: Sendable {
        package let waiting: Int
        /// Nil while it runs.
        package let pausedSince: Date?
        /// Hooks that are disabled, by name, with what they answered.
        package let disabledHooks: [(hook: String, reason: String)]
        /// Hooks for which messages wait, by name: how many, and since when the oldest.
        package let pending: [(hook: String, count: Int, oldest: Date)]
    }

    /// An export that `after_promote` asks for, that has failed and is to be tried again.
    package struct FailedExport: Sendable {
        /// What lorad.yaml calls the entry.
        package let entry: String
        /// The adapter's.
        package let name: String
        package let attempts: Int
        /// How the last attempt ended.
        package let reason: String
    }

    /// The file cannot be read.
    package struct Unreadable: Error {
        /// In SQLite's words.
        package let reason: String
    }

    /// `ok`, or the first thing that `PRAGMA quick_check` finds wrong.
    package let check: String
    /// `PRAGMA journal_mode`.
    package let journal: String
    /// The latest time that any job's row tells of; nil without jobs.
    package let newest: Date?
    /// Nil of a ledger that an older lorad made and no newer one has opened yet.
    package let queue: Queue?
    /// By entry and name; none in a ledger from before there were such.
    package let failedExports: [FailedExport]

    /// Throws `.ledgerRefused` where the ledger is gone or empty although copies of it lie in `backups`.
    package static func requirePresence(_ path: String, backups: String) throws {
        try LedgerFile(path: path, backups: backups).requirePresence()
    }

    /// Looks at a ledger that is there. Throws `Unreadable`.
    package init(_ path: String) throws {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        do {
            self = try DatabaseQueue(path: path, configuration: configuration).read(Self.init)
        } catch {
            throw Unreadable(reason: (error as? DatabaseError)?.message ?? error.localizedDescription)
        }
    }

    private init(_ database: Database) throws {
        check = try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? "no answer"
        journal = try String.fetchOne(database, sql: "PRAGMA journal_mode") ?? "unknown"
        newest = try Int64.fetchOne(
            database, sql: "SELECT max(max(submitted_at), max(coalesce(finished_at, 0))) FROM jobs"
        ).map(Timestamp.date)
        let isCurrent = try database.tableExists("queue") && database.tableExists("deliveries")
        queue = isCurrent ? try Queue(database) : nil
        failedExports = try database.tableExists("follow_ups") ? Self.failedExports(database) : []
    }
}

extension LedgerInspection {
    private static func failedExports(_ database: Database) throws -> [FailedExport] {
        let sql = """
            SELECT label, name, attempts, last_result FROM follow_ups WHERE state = 'pending' AND attempts > 0
            ORDER BY label, name
            """
        return try Row.fetchAll(database, sql: sql).map { row in
            FailedExport(
                entry: row["label"], name: row["name"], attempts: row["attempts"], reason: row["last_result"] ?? "")
        }
    }
}

extension LedgerInspection.Queue {
    fileprivate init(_ database: Database) throws {
        waiting = try Int.fetchOne(database, sql: "SELECT count(*) FROM jobs WHERE state = 'queued'") ?? 0
        pausedSince = try Int64.fetchOne(database, sql: "SELECT paused_at FROM queue").map(Timestamp.date)
        let disabled = "SELECT hook, reason FROM disabled_hooks ORDER BY hook"
        disabledHooks = try Row.fetchAll(database, sql: disabled).map { ($0["hook"], $0["reason"]) }
        let waitingFor = """
            SELECT hook, count(*) AS count, min(created_at) AS oldest FROM deliveries WHERE state = 'pending'
            GROUP BY hook ORDER BY hook
            """
        pending = try Row.fetchAll(database, sql: waitingFor).map { row in
            (row["hook"], row["count"], Timestamp.date(row["oldest"]))
        }
    }
}
