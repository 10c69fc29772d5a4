import Foundation
import GRDB
import OperatingSystem

extension Ledger {
    /// Up to when an entry's times were seen to; nil where it is new or follows another rule than before.
    package func scheduleHandledUntil(_ entry: String, rule: String) throws -> Date? {
        try read("read the schedule '\(entry)'") { database in
            let sql = "SELECT handled_until FROM schedules WHERE entry = ? AND rule = ?"
            return try Int64.fetchOne(database, sql: sql, arguments: [entry, rule]).map(Timestamp.date)
        }
    }

    /// Starts an entry, or starts it anew: what was due before is none of its affair.
    package func beginSchedule(_ entry: String, rule: String, at date: Date) throws {
        try write("begin the schedule '\(entry)'") { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO schedules (entry, rule, handled_until) VALUES (?, ?, ?)",
                arguments: [entry, rule, Timestamp.milliseconds(date)])
        }
    }

    /// Writes down, once, what is to become of a time that came due, and that all before it is seen to.
    package func decide(_ run: ScheduledRun, rule: String) throws {
        try write("record a run of the schedule '\(run.entry)'") { database in
            let due = Timestamp.milliseconds(run.due)
            try database.execute(
                sql: "INSERT OR IGNORE INTO scheduled_runs (entry, due_at, state, detail) VALUES (?, ?, ?, ?)",
                arguments: [run.entry, due, run.state.rawValue, run.detail])
            try database.execute(
                sql: "INSERT OR REPLACE INTO schedules (entry, rule, handled_until) VALUES (?, ?, ?)",
                arguments: [run.entry, rule, due])
        }
    }

    /// Writes down what became of it.
    package func conclude(_ run: ScheduledRun, as state: ScheduledRun.State, detail: String?) throws {
        try write("record a run of the schedule '\(run.entry)'") { database in
            try database.execute(
                sql: "UPDATE scheduled_runs SET state = ?, detail = ? WHERE entry = ? AND due_at = ?",
                arguments: [state.rawValue, detail, run.entry, Timestamp.milliseconds(run.due)])
        }
    }

    /// The runs of every entry, oldest first; `state` limits them to one.
    package func scheduledRuns(_ state: ScheduledRun.State? = nil) throws -> [ScheduledRun] {
        try read("list the scheduled runs") { database in
            let sql = "SELECT * FROM scheduled_runs WHERE ?1 IS NULL OR state = ?1 ORDER BY due_at, entry"
            return try Row.fetchAll(database, sql: sql, arguments: [state?.rawValue]).map { row in
                let text: String = row["state"]
                guard let state = ScheduledRun.State(rawValue: text) else {
                    throw WorkerError(.ledger, "The ledger gives a scheduled run the unknown state '\(text)'.")
                }
                return ScheduledRun(
                    entry: row["entry"], due: Timestamp.date(row["due_at"]), state: state, detail: row["detail"])
            }
        }
    }

    /// Whether a manifest of this file name was ever admitted.
    package func hasManifest(named file: String) throws -> Bool {
        try read("look for the manifest \(file)") { database in
            let sql = "SELECT EXISTS (SELECT 1 FROM jobs WHERE manifest_file = ?)"
            return try Bool.fetchOne(database, sql: sql, arguments: [file]) ?? false
        }
    }
}
