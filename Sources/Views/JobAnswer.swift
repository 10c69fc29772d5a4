import Foundation
import Ledger
import Worker

/// A job as `status`, `cancel` and `retry` show it with `--json`.
struct JobAnswer: Codable {
    /// A stage of one of its attempts.
    struct Stage: Codable {
        let name: String
        let state: String
        let attempt: Int
        let detail: String?
    }

    let id: String
    let name: String
    let state: String
    let attempt: Int
    let reason: String?
    let runFolder: String?
    let summary: JobSummary?
    /// Of the one job that was asked for.
    var stages: [Stage]?
    /// While it trains.
    var progress: JobProgress?
    let priority: Int
    /// Made so far, after faults that may pass.
    let retries: Int
    /// Of the process that works on it; absent where none does.
    let pid: Int32?
    let heartbeatAt: Date?
    let memoryBytes: Int?
    /// A job that waits for its retry is not started before.
    let notBefore: Date?
    /// Whether a running job is asked to stop and has not ended yet.
    let cancelRequested: Bool
    /// The number of the user whose file the manifest was; absent of jobs that an older lorad admitted.
    let owner: UInt32?

    enum CodingKeys: String, CodingKey {
        case id, name, state, attempt, reason, summary, stages, progress, priority, retries, pid, owner
        case runFolder = "run_dir"
        case heartbeatAt = "heartbeat_at"
        case memoryBytes = "memory_bytes"
        case notBefore = "not_before"
        case cancelRequested = "cancel_requested"
    }

    init(_ job: JobRecord) {
        id = job.id
        name = job.name
        state = job.state.rawValue
        attempt = job.attempt
        reason = job.reason
        runFolder = job.runFolder
        summary = job.summary
        priority = job.priority
        retries = job.retries
        pid = job.process?.pid
        heartbeatAt = job.state == .running ? job.heartbeatAt : nil
        memoryBytes = job.state == .running ? job.memoryBytes : nil
        notBefore = job.notBefore
        cancelRequested = job.cancelRequested
        owner = job.owner
    }

    init(_ status: JobStatus) {
        self.init(status.job)
        stages = status.stages.map {
            Stage(name: $0.name, state: $0.state.rawValue, attempt: $0.attempt, detail: $0.detail)
        }
        progress = status.progress
    }
}
