import Foundation
import GRDB
import JobReports
import OperatingSystem

/// What a starting worker found left behind, and did about it.
package struct RecoveryReport: Sendable, Equatable {
    /// Put back in the queue after their worker died.
    package var rescued: [String] = []
    /// Given up: they took a worker down with them too often.
    package var abandoned: [String] = []
    /// Held by a worker or an execution that still lives and could not be ended, or of which nothing is proved.
    package var held: [String] = []
    /// Their runs had been published before their worker died.
    package var published: [String] = []
    /// Their runs may have been published: the outbox is not there to tell.
    package var undecided: [String] = []
    /// Stopped in order by an earlier worker, queued again.
    package var resumed: [String] = []

    package init() {}
}

/// What is known of a run that a job may have published.
package enum PublicationFinding: Sendable, Equatable {
    /// None stands in the outbox.
    case none
    /// One does: this is how the job ended.
    case ended(JobEnding)
    /// One may: the outbox is not there now.
    case unknown
}

extension Ledger {
    /// Puts interrupted jobs, and running ones whose worker and execution are proved dead, back in the queue. A job that saw its
    /// worker die `maximumCrashes` times fails instead: it would take the next one down as well. One whose run stands in the
    /// outbox ends as that run did. Jobs in the foreground are left to `interruptDeadRuns`.
    ///
    /// - Parameters:
    ///   - liveness: of an execution, by its executor's word. What is unknown is held, as what is alive.
    ///   - publication: what a job whose execution is gone has published.
    package func recover(
        maximumCrashes: Int, announcer: any JobAnnouncer, now: Date = Date(),
        liveness: @Sendable (Execution) -> Liveness,
        publication: @Sendable (String) -> PublicationFinding = { _ in .none }
    ) throws -> RecoveryReport {
        try write("recover the jobs of an earlier worker") { database in
            var report = RecoveryReport()
            let left = """
                SELECT * FROM jobs WHERE state IN ('running', 'interrupted') AND foreground = 0 ORDER BY sequence
                """
            for job in try Row.fetchAll(database, sql: left).map(JobRecord.init) {
                if job.state == .interrupted {
                    try database.change(job.id, by: .by(.resumed))
                    report.resumed.append(job.id)
                    continue
                }
                if job.worker?.isAlive == true || (job.execution.map(liveness) ?? .dead) != .dead {
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
                    let transition = JobTransition.by(.buried)
                    try Self.close(job.id, by: transition, reason: "cancelled", in: database, now: now)
                    _ = try Self.announce(transition.tells, job: job.id, by: announcer, in: database, now: now)
                } else if job.crashes + 1 >= maximumCrashes {
                    let reason = "The worker died \(job.crashes + 1) times while it ran this job."
                    let transition = JobTransition.by(.abandoned)
                    try Self.close(job.id, by: transition, reason: reason, in: database, now: now)
                    _ = try Self.announce(transition.tells, job: job.id, by: announcer, in: database, now: now)
                    report.abandoned.append(job.id)
                } else {
                    try database.change(job.id, by: .by(.rescued))
                    report.rescued.append(job.id)
                }
            }
            return report
        }
    }

    private static func close(
        _ id: String, by transition: JobTransition, reason: String, in database: Database, now: Date
    ) throws {
        try database.change(
            id, by: transition, setting: ["reason": reason, "finished_at": Timestamp.milliseconds(now)])
    }
}
