import Foundation
import GRDB
import OperatingSystem

/// What people ask of a job from outside the worker's process.
extension Ledger {
    /// A waiting job is cancelled at once; a running one is flagged, and its worker stops it. Returns the new record.
    ///
    /// - Parameter announcer: tells of a waiting job's end; of a running one's its worker does. Nil for nobody.
    package func requestCancel(
        _ id: String, announcer: (any JobAnnouncer)? = nil, now: Date = Date()
    ) throws -> JobRecord {
        try write("cancel job \(id)") { database in
            let job = try database.job(id)
            let withdrawal = JobTransition.by(.withdrawn)
            if withdrawal.from.contains(job.state) {
                try database.change(
                    id, by: withdrawal, setting: ["finished_at": Timestamp.milliseconds(now), "reason": "cancelled"])
                if let announcer {
                    return try Self.announce(withdrawal.tells, job: id, by: announcer, in: database, now: now)
                }
            } else if job.state == .running {
                try database.execute(sql: "UPDATE jobs SET cancel_requested = 1 WHERE id = ?", arguments: [id])
            } else {
                throw WorkerError(.wrongState, "Job \(id) has already \(job.state.inWords); it cannot be cancelled.")
            }
            return try database.job(id)
        }
    }

    /// Whether somebody asked to cancel this running job.
    package func isCancelRequested(_ id: String) throws -> Bool {
        try read("look for a cancel request") { database in
            let sql = "SELECT cancel_requested FROM jobs WHERE id = ?"
            return try Bool.fetchOne(database, sql: sql, arguments: [id]) ?? false
        }
    }

    /// Queues a failed, rejected, cancelled or interrupted job again, with the manifest it was admitted with. One that ran
    /// in the foreground is a worker's from then on.
    /// `before` runs once it is certain that the job may be retried, and before it is queued.
    package func retry(
        _ id: String, announcer: any JobAnnouncer, now: Date = Date(), before: @Sendable () -> Void = {}
    ) throws -> JobRecord {
        try write("retry job \(id)") { database in
            let job = try database.job(id)
            let transition = JobTransition.by(.retried)
            guard transition.from.contains(job.state) else {
                throw WorkerError(
                    .wrongState,
                    "Job \(id) has \(job.state.inWords); only a failed, rejected, cancelled or interrupted one is retried."
                )
            }
            guard !job.manifestText.isEmpty else {
                throw job.manifestSHA256.isEmpty
                    ? WorkerError(
                        .wrongState, "Job \(id)'s manifest could not be read, so there is nothing to retry.",
                        advice: "Submit a corrected manifest.")
                    : WorkerError(
                        .wrongState, "Job \(id)'s manifest is no longer in the ledger, so there is nothing to retry.",
                        cause: "retention.keep_job_days or retention.manifests_mib of lorad.yaml made it go.",
                        advice: "Submit the manifest again.")
            }
            before()
            try database.change(id, by: transition, setting: ["foreground": 0])
            return try Self.announce(transition.tells, job: id, by: announcer, in: database, now: now)
        }
    }
}

extension JobState {
    /// To follow "the job has".
    fileprivate var inWords: String {
        switch self {
        case .queued: "been queued"
        case .running: "been started"
        case .interrupted: "been interrupted"
        case .succeeded: "succeeded"
        case .failed: "failed"
        case .rejected: "been rejected"
        case .cancelled: "been cancelled"
        }
    }
}
