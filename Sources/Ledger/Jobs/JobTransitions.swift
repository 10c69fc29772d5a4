import Manifests
import Foundation
import GRDB

/// A manifest about to enter the ledger.
package struct NewJob: Sendable {
    package var id: String
    package var name: String
    package var manifestFile: String
    package var manifestText: String
    package var manifestSHA256: String
    package var notify: [String]?
    package var priority = 0
    /// The user whose file the manifest was.
    package var owner: UInt32?
    /// Nil to queue it; the mistakes to reject it.
    package var mistakes: [String]?
    /// Where a rejected manifest is put.
    package var rejectedFolder: String?

    package init(id: String, name: String, manifestFile: String, manifestText: String, manifestSHA256: String) {
        self.id = id
        self.name = name
        self.manifestFile = manifestFile
        self.manifestText = manifestText
        self.manifestSHA256 = manifestSHA256
    }
}

/// How an attempt ended, as the ledger keeps it.
package struct JobEnding: Sendable, Equatable {
    package var state: JobState
    package var reason: String?
    package var runFolder: String?
    package var summary: JobSummary?

    package init(_ state: JobState, reason: String? = nil, runFolder: String? = nil, summary: JobSummary? = nil) {
        self.state = state
        self.reason = reason
        self.runFolder = runFolder
        self.summary = summary
    }
}

extension Ledger {
    /// Queues or rejects a manifest.
    package func admit(_ job: NewJob, announcer: Announcer, now: Date = Date()) throws -> JobRecord {
        let logPath = logPath(job.id)
        return try write("admit job \(job.id)") { database in
            let time = Timestamp.milliseconds(now)
            let state = job.mistakes == nil ? JobState.queued : .rejected
            try database.execute(
                sql: """
                    INSERT INTO jobs (id, name, manifest_file, manifest_text, manifest_sha256, notify, state,
                        submitted_at, finished_at, reason, run_folder, log_path, priority, owner, manifest_bytes)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    job.id, job.name.withoutNUL, job.manifestFile, job.manifestText.withoutNUL, job.manifestSHA256,
                    try LedgerJSON.encode(job.notify), state.rawValue, time, state == .rejected ? time : nil,
                    job.mistakes?.joined(separator: "\n").withoutNUL, job.rejectedFolder, logPath, job.priority,
                    job.owner.map { Int64($0) }, job.manifestText.withoutNUL.utf8.count,
                ])
            try database.execute(sql: "DELETE FROM reading_deaths WHERE claim = ?", arguments: [job.id])
            return try announcer.announce(state == .queued ? .queued : .rejected, job: job.id, in: database, now: now)
        }
    }

    /// Gives the oldest job of the highest priority that may start now to `worker` and counts the attempt; nil where
    /// there is none, or the queue is paused.
    ///
    /// - Parameters:
    ///   - longestWait: seconds; a job that would wait longer for its retry is due, as no wait is that long: the clock was
    ///     set back.
    ///   - rested: jobs whose wait is over by a clock that is never set.
    ///   - atOnce: how many jobs of an owner may run at the same time; nil for any number.
    package func takeNext(
        worker: ProcessIdentity, announcer: Announcer, longestWait: Double = .infinity, rested: [String] = [],
        now: Date = Date(), atOnce: @Sendable (UInt32) -> Int? = { _ in nil }
    ) throws -> JobRecord? {
        let ready = rested.isEmpty ? "" : " OR id IN (\(rested.map { _ in "?" }.joined(separator: ",")))"
        return try write("take the next job") { database in
            // They are as few as jobs run, and their numbers are no text.
            let busy = try Self.busyOwners(atOnce, in: database).map(String.init).joined(separator: ",")
            let next = """
                SELECT id FROM jobs WHERE state = 'queued'
                    AND (coalesce(not_before, 0) <= ?1 OR ?2 IS NOT NULL AND not_before > ?2\(ready))
                    AND (SELECT paused_at FROM queue) IS NULL
                    AND (owner IS NULL OR owner NOT IN (\(busy)))
                ORDER BY priority DESC, sequence LIMIT 1
                """
            let latest = longestWait.isFinite ? Timestamp.milliseconds(now + longestWait) : nil
            let times: StatementArguments = [Timestamp.milliseconds(now), latest]
            let arguments = times + StatementArguments(rested)
            guard let id = try String.fetchOne(database, sql: next, arguments: arguments) else { return nil }
            try database.execute(
                sql: """
                    UPDATE jobs SET state = 'running', attempt = attempt + 1, cancel_requested = 0, started_at = ?,
                        finished_at = NULL, reason = NULL, run_folder = NULL, summary = NULL, not_before = NULL,
                        child_pid = NULL, child_start = NULL, heartbeat_at = NULL, memory_bytes = NULL,
                        worker_pid = ?, worker_start = ?, boot_id = ?
                    WHERE id = ?
                    """,
                arguments: [
                    Timestamp.milliseconds(now), worker.pid, Int64(bitPattern: worker.startTicks), worker.bootID, id,
                ])
            return try announcer.announce(.started, job: id, in: database, now: now)
        }
    }

    /// Owners of whom as many jobs run as may.
    private static func busyOwners(_ atOnce: (UInt32) -> Int?, in database: Database) throws -> [UInt32] {
        let sql = """
            SELECT owner, count(*) AS count FROM jobs WHERE state = 'running' AND owner IS NOT NULL GROUP BY owner
            """
        return try Row.fetchAll(database, sql: sql).compactMap { row in
            let (owner, count): (UInt32, Int) = (row["owner"], row["count"])
            return atOnce(owner).map { count >= $0 } ?? false ? owner : nil
        }
    }

    /// Ends an attempt. Throws `.fenced` where the job is no longer this attempt's.
    package func finish(
        _ id: String, attempt: Int, as ending: JobEnding, announcer: Announcer, now: Date = Date()
    ) throws -> JobRecord {
        try write("end job \(id)") { database in
            let sql = "SELECT 1 FROM jobs WHERE id = ? AND attempt = ? AND state = 'running'"
            guard try Bool.fetchOne(database, sql: sql, arguments: [id, attempt]) ?? false else {
                throw WorkerError(.fenced, job: id, attempt: attempt)
            }
            return try Self.conclude(id, as: ending, announcer: announcer, in: database, now: now)
        }
    }

    /// Writes how a running job ended, and tells of it.
    static func conclude(
        _ id: String, as ending: JobEnding, announcer: Announcer, in database: Database, now: Date
    ) throws -> JobRecord {
        try database.execute(
            sql: """
                UPDATE jobs SET state = ?, finished_at = ?, reason = ?, run_folder = ?, summary = ?,
                    cancel_requested = 0, worker_pid = NULL, worker_start = NULL, boot_id = NULL,
                    child_pid = NULL, child_start = NULL
                WHERE id = ? AND state = 'running'
                """,
            arguments: [
                ending.state.rawValue, ending.state.isFinal ? Timestamp.milliseconds(now) : nil,
                ending.reason?.withoutNUL, ending.runFolder, try LedgerJSON.encode(ending.summary), id,
            ])
        return try announcer.announce(event(of: ending.state), job: id, in: database, now: now)
    }

    private static func event(of state: JobState) -> HookEvent? {
        switch state {
        case .succeeded: .succeeded
        case .failed: .failed
        case .rejected: .rejected
        case .queued, .running, .interrupted, .cancelled: nil
        }
    }
}

extension Database {
    /// To be called right after a fenced UPDATE or INSERT.
    func requireOwnership(of id: String, attempt: Int) throws {
        guard changesCount == 1 else { throw WorkerError(.fenced, job: id, attempt: attempt) }
    }
}

extension WorkerError {
    /// A write of an attempt that another one has taken the place of.
    fileprivate init(_ code: Code, job: String, attempt: Int) {
        self.init(code, "Attempt \(attempt) of job \(job) no longer owns it; its write was refused.")
    }
}
