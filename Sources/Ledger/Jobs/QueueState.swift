import Foundation
import GRDB
import OperatingSystem

/// The queue as a whole.
extension Ledger {
    /// Since when no job is started; nil while the queue runs.
    package func pausedSince() throws -> Date? {
        try read("look whether the queue is paused") { database in
            try Int64.fetchOne(database, sql: "SELECT paused_at FROM queue").map(Timestamp.date)
        }
    }

    /// Starts no more jobs from now on, over restarts too; those that run go on. A queue that is paused stays as it is.
    package func pause(now: Date = Date()) throws {
        try write("pause the queue") { database in
            try database.execute(
                sql: "UPDATE queue SET paused_at = coalesce(paused_at, ?)", arguments: [Timestamp.milliseconds(now)])
        }
    }

    /// Starts jobs again.
    package func resume() throws {
        try write("resume the queue") { try $0.execute(sql: "UPDATE queue SET paused_at = NULL") }
    }

    /// How many jobs could be started now, and how many wait for the time of their retry.
    package func waiting(now: Date = Date()) throws -> (ready: Int, delayed: Int) {
        try read("count the waiting jobs") { database in
            let time = Timestamp.milliseconds(now)
            let sql = """
                SELECT count(*) AS all_of_them, count(*) FILTER (WHERE not_before > ?) AS later
                FROM jobs WHERE state = 'queued'
                """
            guard let row = try Row.fetchOne(database, sql: sql, arguments: [time]) else { return (0, 0) }
            let later: Int = row["later"]
            return (row["all_of_them"] - later, later)
        }
    }
}
