import Foundation
import GRDB
import OperatingSystem

extension Ledger {
    /// Records that a stage is about to start; an unfinished earlier one of the same attempt stays as it is.
    package func stageStarted(_ stage: String, detail: String?, job: String, attempt: Int, now: Date = Date()) throws {
        try write("record stage \(stage) of job \(job)") { database in
            try database.execute(
                sql: """
                    INSERT INTO stages (job, attempt, ordinal, stage, state, started_at, detail)
                    SELECT id, attempt,
                        (SELECT count(*) FROM stages WHERE job = jobs.id AND attempt = jobs.attempt), ?, 'running', ?, ?
                    FROM jobs WHERE id = ? AND attempt = ? AND state = 'running'
                    """, arguments: [stage, Timestamp.milliseconds(now), detail?.withoutNUL, job, attempt])
            try database.requireOwnership(of: job, attempt: attempt)
        }
    }

    /// Records that the stage is done. A nil `detail` keeps what was said at its start.
    package func stageEnded(_ stage: String, detail: String?, job: String, attempt: Int, now: Date = Date()) throws {
        try write("record the end of stage \(stage) of job \(job)") { database in
            try database.execute(
                sql: """
                    UPDATE stages SET state = 'finished', finished_at = :now, detail = coalesce(:detail, detail)
                    WHERE job = :job AND attempt = :attempt AND ordinal =
                        (SELECT max(ordinal) FROM stages WHERE job = :job AND attempt = :attempt AND stage = :stage)
                        AND EXISTS (SELECT 1 FROM jobs WHERE id = :job AND attempt = :attempt AND state = 'running')
                    """,
                arguments: [
                    "now": Timestamp.milliseconds(now), "detail": detail?.withoutNUL, "job": job, "attempt": attempt,
                    "stage": stage,
                ])
            try database.requireOwnership(of: job, attempt: attempt)
        }
    }

    /// The stages of a job over all its attempts, in order.
    package func stages(of job: String) throws -> [StageRecord] {
        try read("list the stages of job \(job)") { database in
            let sql = "SELECT * FROM stages WHERE job = ? ORDER BY attempt, ordinal"
            return try Row.fetchAll(database, sql: sql, arguments: [job]).map { row in
                StageRecord(
                    attempt: row["attempt"], name: row["stage"],
                    state: row["state"] == "finished" ? .finished : .running,
                    startedAt: Timestamp.date(row["started_at"]),
                    finishedAt: (row["finished_at"] as Int64?).map(Timestamp.date), detail: row["detail"])
            }
        }
    }
}
