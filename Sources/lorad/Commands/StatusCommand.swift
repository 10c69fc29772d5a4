import ArgumentParser
import Foundation
import Ledger
import Views
import Worker

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Shows jobs, or one job with its stages.")

    @Argument(help: "A job's id, or its name for the latest of that name.")
    var job: String?
    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    func run() throws {
        let worker = try worker.worker()
        if let since = try worker.pausedSince() {
            let line = "the queue is paused since \(since.formatted(.iso8601)); `lorad resume` starts jobs again"
            if json { Failure.write(line) } else { Output.line(line) }
        }
        guard let job else { return try list(worker.jobs(limit: 50)) }
        let found = try worker.status(job)
        if json { return try Output.json([JobAnswer(found)]) }
        try list([found.job])
        for stage in found.stages {
            Output.line("  \(stage.name): \(stage.state.rawValue)" + (stage.detail.map { ", \($0)" } ?? ""))
        }
        if let told = found.progress?.told { Output.line("  \(told.stage.rawValue): \(told.words)") }
    }

    private func list(_ jobs: [JobRecord]) throws {
        if json { return try Output.json(jobs.map { JobAnswer($0) }) }
        if jobs.isEmpty { Output.line("no jobs yet") }
        for job in jobs {
            Output.line("\(job.id)  \(job.name)  \(job.state.rawValue)  \(detail(job))")
        }
    }

    /// Where it is, why it is not, or how it lives.
    private func detail(_ job: JobRecord) -> String {
        if job.state == .running, let process = job.execution?.process, let beat = job.heartbeatAt {
            let memory = job.memoryBytes.map { ", \($0 >> 20) MiB" } ?? ""
            return "process \(process.pid)\(memory), heartbeat \(Int(max(0, -beat.timeIntervalSinceNow))) s ago"
        }
        if job.state == .queued, let time = job.notBefore, time > Date() {
            return "retry \(job.retries) in \(Int(time.timeIntervalSinceNow.rounded(.up))) s: \(job.reason ?? "")"
        }
        return job.runFolder ?? job.reason ?? ""
    }
}
