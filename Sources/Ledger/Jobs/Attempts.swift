import Foundation
import GRDB
import JobReports
import OperatingSystem

/// What the worker writes of an attempt under way. Every write is fenced: it is refused once another attempt owns the
/// job.
extension Ledger {
    /// Records what is about to work on the attempt. It gets no work before this has been written, so an execution that
    /// the ledger does not name has done nothing.
    package func executionStarted(_ execution: Execution, job: String, attempt: Int, now: Date = Date()) throws {
        try write("record the execution of job \(job)") { database in
            try database.execute(
                sql: """
                    UPDATE jobs SET execution = ?, heartbeat_at = ?, memory_bytes = NULL
                    WHERE id = ? AND attempt = ? AND state = 'running'
                    """,
                arguments: [
                    try LedgerJSON.encode(execution), Timestamp.milliseconds(now), job, attempt,
                ])
            try database.requireOwnership(of: job, attempt: attempt)
        }
    }

    /// Records a sign of life and the memory in use, in bytes.
    package func heartbeat(job: String, attempt: Int, memory: Int?, now: Date = Date()) throws {
        try write("record a heartbeat of job \(job)") { database in
            try database.execute(
                sql: """
                    UPDATE jobs SET heartbeat_at = ?, memory_bytes = ? WHERE id = ? AND attempt = ? AND state = 'running'
                    """, arguments: [Timestamp.milliseconds(now), memory, job, attempt])
            try database.requireOwnership(of: job, attempt: attempt)
        }
    }

    /// Whether the attempt may still publish: it owns the job, and nobody has asked to cancel it.
    package func mayPublish(job: String, attempt: Int) throws -> Bool {
        try write("ask who owns job \(job)") { database in
            let sql = "SELECT 1 FROM jobs WHERE id = ? AND attempt = ? AND state = 'running' AND cancel_requested = 0"
            return try Bool.fetchOne(database, sql: sql, arguments: [job, attempt]) ?? false
        }
    }

    /// Ends an attempt that a passing fault ended, and queues the job again, not to be started before `time`.
    package func postpone(
        _ job: String, attempt: Int, reason: String, until time: Date
    ) throws -> JobRecord {
        try write("postpone job \(job)") { database in
            try database.change(
                job, by: .by(.postponed), attempt: attempt,
                setting: ["not_before": Timestamp.milliseconds(time), "reason": reason.withoutNUL])
            return try database.job(job)
        }
    }

    /// The executions that jobs of a dead worker may still have.
    package func orphans() throws -> [(job: String, execution: Execution)] {
        try read("look for executions of a dead worker") { database in
            let sql = """
                SELECT * FROM jobs WHERE state = 'running' AND execution IS NOT NULL AND foreground = 0
                ORDER BY sequence
                """
            return try Row.fetchAll(database, sql: sql).map(JobRecord.init)
                .filter { !($0.worker?.isAlive ?? false) }
                .compactMap { record in record.execution.map { (record.id, $0) } }
        }
    }
}
