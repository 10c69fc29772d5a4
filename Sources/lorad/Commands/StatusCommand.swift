import ArgumentParser
import Foundation
import Worker

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Shows jobs, or one job with its stages.")

    @Argument(help: "A job's id, or its name for the latest of that name.")
    var job: String?
    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    private struct Stage: Encodable {
        let name: String
        let state: String
        let attempt: Int
        let detail: String?
    }

    private struct Job: Encodable {
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

        enum CodingKeys: String, CodingKey {
            case id, name, state, attempt, reason, summary, stages, progress, priority, retries, pid
            case runFolder = "run_dir"
            case heartbeatAt = "heartbeat_at"
            case memoryBytes = "memory_bytes"
            case notBefore = "not_before"
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
        }
    }

    func run() throws {
        let worker = try worker.worker()
        if !json, let since = try worker.pausedSince() {
            print("the queue is paused since \(since.formatted(.iso8601)); `lorad resume` starts jobs again")
        }
        guard let job else { return try list(worker.jobs(limit: 50)) }
        let found = try worker.status(job)
        if json {
            var answer = Job(found.job)
            answer.stages = found.stages.map {
                Stage(name: $0.name, state: $0.state.rawValue, attempt: $0.attempt, detail: $0.detail)
            }
            answer.progress = found.progress
            return try Output.json([answer])
        }
        try list([found.job])
        for stage in found.stages {
            print("  \(stage.name): \(stage.state.rawValue)" + (stage.detail.map { ", \($0)" } ?? ""))
        }
        if let progress = found.progress { print("  " + words(progress)) }
    }

    private func list(_ jobs: [JobRecord]) throws {
        if json { return try Output.json(jobs.map(Job.init)) }
        if jobs.isEmpty { print("no jobs yet") }
        for job in jobs {
            print("\(job.id)  \(job.name)  \(job.state.rawValue)  \(detail(job))")
        }
    }

    /// Where it is, why it is not, or how it lives.
    private func detail(_ job: JobRecord) -> String {
        if job.state == .running, let process = job.process, let beat = job.heartbeatAt {
            let memory = job.memoryBytes.map { ", \($0 >> 20) MiB" } ?? ""
            return "process \(process.pid)\(memory), heartbeat \(Int(max(0, -beat.timeIntervalSinceNow))) s ago"
        }
        if job.state == .queued, let time = job.notBefore, time > Date() {
            return "retry \(job.retries) in \(Int(time.timeIntervalSinceNow.rounded(.up))) s: \(job.reason ?? "")"
        }
        return job.runFolder ?? job.reason ?? ""
    }

    private func words(_ progress: JobProgress) -> String {
        var text = "step \(progress.step) of \(progress.totalSteps)"
        if let loss = progress.loss { text += String(format: ", loss %.4f", loss) }
        if let rate = progress.tokensPerSecond { text += String(format: ", %.0f tokens/s", rate) }
        if let left = progress.secondsLeft { text += String(format: ", %.0f s left", left) }
        return text
    }
}
