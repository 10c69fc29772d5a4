import Foundation
import GRDB

/// What a starting worker found left behind, and did about it.
package struct RecoveryReport: Sendable, Equatable {
    /// Put back in the queue after their worker died.
    package var rescued: [String] = []
    /// Given up: they took a worker down with them too often.
    package var abandoned: [String] = []
    /// Held by a worker or a job process that still lives and could not be ended.
    package var held: [String] = []
    /// Their runs had been published before their worker died.
    package var published: [String] = []
    /// Their runs may have been published: the outbox is not there to tell.
    package var undecided: [String] = []
    /// Stopped in order by an earlier worker, queued again.
    package var resumed: [String] = []

    package init() {}
}

extension Ledger {
    /// Puts interrupted jobs, and running ones whose worker and process are proved dead, back in the queue. A job that saw its
    /// worker die `maximumCrashes` times fails instead: it would take the next one down as well. One whose run stands in the
    /// outbox ends as that run did.
    ///
    /// - Parameter publication: what a job whose process is gone has published.
    package func recover(
        maximumCrashes: Int, announcer: Announcer, now: Date = Date(),
        publication: @Sendable (String) -> Publications.Finding = { _ in .none }
    ) throws -> RecoveryReport {
        try write("recover the jobs of an earlier worker") { database in
            var report = RecoveryReport()
            let left = "SELECT * FROM jobs WHERE state IN ('running', 'interrupted') ORDER BY sequence"
            for job in try Row.fetchAll(database, sql: left).map(JobRecord.init) {
                if job.state == .interrupted {
                    try Self.requeue(job.id, crashes: job.crashes, in: database)
                    report.resumed.append(job.id)
                    continue
                }
                if job.worker?.isAlive == true || job.process?.isAlive == true {
                    report.held.append(job.id)
                    continue
                }
                let finding = publication(job.id)
                if case .ended(let ending) = finding {
                    _ = try Self.conclude(job.id, as: ending, announcer: announcer, in: database, now: now)
                    report.published.append(job.id)
                } else if !job.cancelRequested, finding == .unknown {
                    report.undecided.append(job.id)
                } else if job.cancelRequested {
                    try Self.close(job.id, as: .cancelled, reason: "cancelled", in: database, now: now)
                } else if job.crashes + 1 >= maximumCrashes {
                    let reason = "The worker died \(job.crashes + 1) times while it ran this job."
                    try Self.close(job.id, as: .failed, reason: reason, in: database, now: now)
                    _ = try announcer.announce(.failed, job: job.id, in: database, now: now)
                    report.abandoned.append(job.id)
                } else {
                    try Self.requeue(job.id, crashes: job.crashes + 1, in: database)
                    report.rescued.append(job.id)
                }
            }
            return report
        }
    }

    private static func requeue(_ id: String, crashes: Int, in database: Database) throws {
        try database.execute(
            sql: """
                UPDATE jobs SET state = 'queued', crashes = ?, worker_pid = NULL, worker_start = NULL, boot_id = NULL,
                    child_pid = NULL, child_start = NULL, heartbeat_at = NULL
                WHERE id = ?
                """, arguments: [crashes, id])
    }

    private static func close(
        _ id: String, as state: JobState, reason: String, in database: Database, now: Date
    ) throws {
        try database.execute(
            sql: """
                UPDATE jobs SET state = ?, reason = ?, finished_at = ?, crashes = crashes + 1, worker_pid = NULL,
                    worker_start = NULL, boot_id = NULL, child_pid = NULL, child_start = NULL
                WHERE id = ?
                """, arguments: [state.rawValue, reason, Timestamp.milliseconds(now), id])
    }
}
