import Foundation
import JobReports
import Ledger

/// A job as `status`, `cancel` and `retry` show it with `--json`.
package struct JobAnswer: Codable {
    /// A stage of one of its attempts.
    package struct Stage: Codable {
        package let name: String
        /// `running`, `finished`, or `stopped` where the attempt ended before the stage did.
        package let state: String
        package let attempt: Int
        package let detail: String?
        package let startedAt: Date
        package let finishedAt: Date?

        private enum CodingKeys: String, CodingKey {
            case name, state, attempt, detail
            case startedAt = "started_at"
            case finishedAt = "finished_at"
        }

        init(_ stage: StageRecord, of job: JobRecord) {
            name = stage.name
            state = stage.state(in: job)
            attempt = stage.attempt
            detail = stage.detail
            startedAt = stage.startedAt
            finishedAt = stage.finishedAt
        }
    }

    package let id: String
    package let name: String
    package let state: String
    package let attempt: Int
    package let reason: String?
    package let runFolder: String?
    package let summary: JobSummary?
    /// Of the one job that was asked for.
    package var stages: [Stage]?
    /// While it trains.
    package var progress: JobProgress?
    package let priority: Int
    /// Made so far, after faults that may pass.
    package let retries: Int
    /// Of the process that works on it; absent where none does.
    package let pid: Int32?
    package let heartbeatAt: Date?
    package let memoryBytes: Int?
    /// A job that waits for its retry is not started before.
    package let notBefore: Date?
    /// Whether a running job is asked to stop and has not ended yet.
    package let cancelRequested: Bool
    /// The number of the user whose file the manifest was; absent of jobs that an older lorad admitted.
    package let owner: UInt32?
    package let submittedAt: Date
    /// Of the latest attempt.
    package let startedAt: Date?
    package let finishedAt: Date?
    /// What tells the nights of a name apart; absent of a job that has none.
    package let stamp: String?
    /// Whether a process of somebody's own works on it (`lorad run`).
    package let isForeground: Bool

    private enum CodingKeys: String, CodingKey {
        case id, name, state, attempt, reason, summary, stages, progress, priority, retries, pid, owner, stamp
        case submittedAt = "submitted_at"
        case startedAt = "started_at"
        case finishedAt = "finished_at"
        case isForeground = "foreground"
        case runFolder = "run_dir"
        case heartbeatAt = "heartbeat_at"
        case memoryBytes = "memory_bytes"
        case notBefore = "not_before"
        case cancelRequested = "cancel_requested"
    }

    package init(_ job: JobRecord) {
        id = job.id
        name = job.name
        state = job.state.rawValue
        attempt = job.attempt
        reason = job.reason
        runFolder = job.runFolder
        summary = job.summary
        priority = job.priority
        retries = job.retries
        pid = job.execution?.process?.pid
        heartbeatAt = job.state == .running ? job.heartbeatAt : nil
        memoryBytes = job.state == .running ? job.memoryBytes : nil
        notBefore = job.notBefore
        cancelRequested = job.cancelRequested
        owner = job.owner
        submittedAt = job.submittedAt
        startedAt = job.startedAt
        finishedAt = job.finishedAt
        stamp = job.stamp
        isForeground = job.isForeground
    }

    /// The one job that was asked for, with what there is to say of it alone.
    package init(_ job: JobRecord, stages: [StageRecord], progress: JobProgress?) {
        self.init(job)
        self.stages = stages.map { Stage($0, of: job) }
        self.progress = progress
    }
}

extension StageRecord {
    /// How far it is: the ledger keeps as running what an attempt that ended did not finish.
    package func state(in job: JobRecord) -> String {
        guard state == .running else { return state.rawValue }
        return job.state == .running && attempt == job.attempt ? state.rawValue : "stopped"
    }
}
