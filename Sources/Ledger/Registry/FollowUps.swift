import Foundation
import GRDB
import OperatingSystem

/// What is to be done for a name since an alias of it has moved, by an entry of `after_promote`.
package struct FollowUpRecord: Sendable, Equatable {
    package enum State: String, Sendable { case pending, done }

    /// What stands for the entry: its settings.
    package let entry: String
    package let name: String
    /// What messages call the entry.
    package let label: String
    /// Where the alias leads.
    package let target: AliasTarget
    package let state: State
    /// Attempts that failed, since the alias led there.
    package let attempts: Int
    /// Not before this time.
    package let dueAt: Date
    package let wantedAt: Date
    package let finishedAt: Date?
    /// How the last attempt ended.
    package let lastResult: String?
}

/// A row for each entry and name; where an alias moves on, what was to be done before is forgotten.
extension Ledger {
    /// Everything that is or was to be done, by entry and name.
    package func followUps() throws -> [FollowUpRecord] {
        try read("list what follows promotions") { database in
            try Row.fetchAll(database, sql: "SELECT * FROM follow_ups ORDER BY label, name, entry").map { row in
                FollowUpRecord(
                    entry: row["entry"], name: row["name"], label: row["label"],
                    target: AliasTarget(column: row["target"]),
                    state: FollowUpRecord.State(rawValue: row["state"]) ?? .pending, attempts: row["attempts"],
                    dueAt: Timestamp.date(row["due_at"]), wantedAt: Timestamp.date(row["wanted_at"]),
                    finishedAt: (row["finished_at"] as Int64?).map(Timestamp.date), lastResult: row["last_result"])
            }
        }
    }

    /// Says where an alias leads now. Nothing changes where that is known; `again` asks for it once more all the same.
    package func want(
        entry: String, label: String, name: String, target: AliasTarget, again: Bool = false, now: Date = Date()
    ) throws {
        try write("note what follows a promotion of \(name)") { database in
            let time = Timestamp.milliseconds(now)
            try database.execute(
                sql: """
                    INSERT INTO follow_ups (entry, name, label, target, state, due_at, wanted_at)
                    VALUES (?1, ?2, ?3, ?4, 'pending', ?5, ?5)
                    ON CONFLICT (entry, name) DO UPDATE SET
                        target = excluded.target, label = excluded.label, state = 'pending', attempts = 0,
                        due_at = excluded.due_at, wanted_at = excluded.wanted_at, finished_at = NULL,
                        last_result = NULL
                    WHERE target <> excluded.target OR ?6
                    """, arguments: [entry, name, label, target.column, time, again])
        }
    }

    /// Says that what an alias's place asks for is done, and tells of it. Nothing is written where the alias leads
    /// elsewhere by now.
    ///
    /// - Parameter deliveries: who is told, and what; `alias` is `NAME@ALIAS`.
    package func finish(
        _ record: FollowUpRecord, result: String, telling deliveries: [NewDelivery], alias: String, now: Date = Date()
    ) throws {
        try write("record what followed a promotion of \(record.name)") { database in
            try database.execute(
                sql: """
                    UPDATE follow_ups SET state = 'done', finished_at = ?, last_result = ?
                    WHERE entry = ? AND name = ? AND target = ? AND state = 'pending'
                    """,
                arguments: [
                    Timestamp.milliseconds(now), result.withoutNUL, record.entry, record.name, record.target.column,
                ])
            guard database.changesCount == 1 else { return }
            let disabled = try Self.disabledHooks(in: database)
            try Self.insert(
                deliveries.filter { !disabled.contains($0.hook) }, alias: alias, event: Self.exportReady,
                in: database, now: now)
        }
    }

    /// Says that an attempt failed, and when the next one is due.
    package func postpone(_ record: FollowUpRecord, until due: Date, result: String) throws {
        try write("record a failure after a promotion of \(record.name)") { database in
            try database.execute(
                sql: """
                    UPDATE follow_ups SET attempts = attempts + 1, due_at = ?, last_result = ?
                    WHERE entry = ? AND name = ? AND target = ? AND state = 'pending'
                    """,
                arguments: [
                    Timestamp.milliseconds(due), result.withoutNUL, record.entry, record.name, record.target.column,
                ])
        }
    }

    /// Makes everything that failed due at once.
    package func hurryFollowUps(now: Date = Date()) throws {
        try write("hurry what follows promotions") { database in
            try database.execute(
                sql: "UPDATE follow_ups SET due_at = ? WHERE state = 'pending' AND due_at > ?",
                arguments: [Timestamp.milliseconds(now), Timestamp.milliseconds(now)])
        }
    }

    /// Forgets what entries asked for that are not among these any more.
    package func forgetFollowUps(except entries: Set<String>) throws {
        let known = Set(try followUps().map(\.entry))
        guard !known.isSubset(of: entries) else { return }
        try write("forget what no entry asks for") { database in
            for entry in known.subtracting(entries) {
                try database.execute(sql: "DELETE FROM follow_ups WHERE entry = ?", arguments: [entry])
            }
        }
    }

    /// The event of a delivery that tells of an export in its place.
    package static let exportReady = "export.ready"
}
