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

        enum CodingKeys: String, CodingKey {
            case id, name, state, attempt, reason, summary, stages, progress
            case runFolder = "run_dir"
        }

        init(_ job: JobRecord) {
            id = job.id
            name = job.name
            state = job.state.rawValue
            attempt = job.attempt
            reason = job.reason
            runFolder = job.runFolder
            summary = job.summary
        }
    }

    func run() throws {
        let worker = try worker.worker()
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
            print("\(job.id)  \(job.name)  \(job.state.rawValue)  \(job.runFolder ?? job.reason ?? "")")
        }
    }

    private func words(_ progress: JobProgress) -> String {
        var text = "step \(progress.step) of \(progress.totalSteps)"
        if let loss = progress.loss { text += String(format: ", loss %.4f", loss) }
        if let rate = progress.tokensPerSecond { text += String(format: ", %.0f tokens/s", rate) }
        if let left = progress.secondsLeft { text += String(format: ", %.0f s left", left) }
        return text
    }
}
