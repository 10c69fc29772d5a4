import Foundation
import GRDB
import OperatingSystem

extension Ledger {
    /// Queues or rejects a manifest.
    package func admit(_ job: NewJob, announcer: any JobAnnouncer, now: Date = Date()) throws -> JobRecord {
        let logPath = logPath(job.id)
        return try write("admit job \(job.id)") { database in
            let transition = JobTransition.by(job.mistakes == nil ? .admitted : .refused)
            try Self.insert(job, by: transition, logPath: logPath, in: database, now: now)
            try database.execute(sql: "DELETE FROM reading_deaths WHERE claim = ?", arguments: [job.id])
            return try Self.announce(transition.tells, job: job.id, by: announcer, in: database, now: now)
        }
    }

    /// Writes a new job's row.
    static func insert(
        _ job: NewJob, by transition: JobTransition, isForeground: Bool = false, logPath: String,
        in database: Database, now: Date
    ) throws {
        let time = Timestamp.milliseconds(now)
        try database.execute(
            sql: """
                INSERT INTO jobs (id, name, manifest_file, manifest_text, manifest_sha256, notify, state,
                    submitted_at, finished_at, reason, run_folder, log_path, priority, owner, manifest_bytes,
                    foreground, stamp, wishes)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                job.id, job.name.withoutNUL, job.manifestFile, job.manifestText.withoutNUL, job.manifestSHA256,
                try LedgerJSON.encode(job.notify), transition.to.rawValue, time,
                transition.to == .rejected ? time : nil, job.mistakes?.joined(separator: "\n").withoutNUL,
                job.rejectedFolder, logPath, job.priority, job.owner.map { Int64($0) },
                job.manifestText.withoutNUL.utf8.count, isForeground, job.stamp, try LedgerJSON.encode(job.wishes),
            ])
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
        worker: ProcessIdentity, announcer: any JobAnnouncer, longestWait: Double = .infinity, rested: [String] = [],
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
            let transition = JobTransition.by(.taken)
            try database.change(
                id, by: transition,
                setting: [
                    "started_at": Timestamp.milliseconds(now), "worker_pid": worker.pid,
                    "worker_start": Int64(bitPattern: worker.startTicks), "boot_id": worker.bootID,
                ])
            return try Self.announce(transition.tells, job: id, by: announcer, in: database, now: now)
        }
    }

    /// Owners of whom as many jobs run as may.
    private static func busyOwners(_ atOnce: (UInt32) -> Int?, in database: Database) throws -> [UInt32] {
        let sql = """
            SELECT owner, count(*) AS count FROM jobs
            WHERE state = 'running' AND owner IS NOT NULL AND foreground = 0 GROUP BY owner
            """
        return try Row.fetchAll(database, sql: sql).compactMap { row in
            let (owner, count): (UInt32, Int) = (row["owner"], row["count"])
            return atOnce(owner).map { count >= $0 } ?? false ? owner : nil
        }
    }

    /// Ends an attempt. Throws `.fenced` where the job is no longer this attempt's.
    package func finish(
        _ id: String, attempt: Int, as ending: JobEnding, announcer: any JobAnnouncer, now: Date = Date()
    ) throws -> JobRecord {
        try write("end job \(id)") { database in
            try Self.conclude(id, attempt: attempt, as: ending, announcer: announcer, in: database, now: now)
        }
    }

    /// Writes how a running job ended, and tells of it.
    static func conclude(
        _ id: String, attempt: Int? = nil, as ending: JobEnding, announcer: any JobAnnouncer, in database: Database,
        now: Date
    ) throws -> JobRecord {
        let transition = try JobTransition.ending(in: ending.state)
        try database.change(
            id, by: transition, attempt: attempt,
            setting: [
                "finished_at": ending.state.isFinal ? Timestamp.milliseconds(now) : nil,
                "reason": ending.reason?.withoutNUL, "run_folder": ending.runFolder,
                "summary": try LedgerJSON.encode(ending.summary),
            ])
        return try announce(transition.tells, job: id, by: announcer, in: database, now: now)
    }
}
