import ArgumentParser
import Common
import Foundation
import JobReports
import Ledger
import Views
import Worker

/// Shows on stderr what becomes of a job that another process works on.
final class JobFollower {
    /// Seconds without a worker after which that is said.
    private static let patience = 5.0

    private let printer = ProgressPrinter()
    private let start = ProcessInfo.processInfo.systemUptime
    private var saidToWait = false
    private var state: JobState?
    /// Stages by attempt and place, as they were told last.
    private var stages: [String: String] = [:]
    private var progress: Date?

    /// Tells what is new; nil while no worker has taken the manifest.
    func take(_ status: JobStatus?) {
        guard let status else { return wait() }
        if status.job.state != state {
            state = status.job.state
            if !status.job.state.isFinal { printer.line("job \(status.job.id): \(status.job.state.rawValue)") }
        }
        for (place, stage) in status.stages.enumerated() { take(stage, place, of: status.job) }
        if let told = status.progress, told.updatedAt != progress, let report = told.told {
            progress = told.updatedAt
            printer.take(.progress(report))
        }
        if status.job.state.isFinal { printer.take(.ended(.interrupted)) }
    }

    private func take(_ stage: StageRecord, _ place: Int, of job: JobRecord) {
        let now = stage.state(in: job)
        guard stages.updateValue(now, forKey: "\(job.attempt) \(place)") != now, let known = Stage(rawValue: stage.name)
        else {
            return
        }
        switch now {
        case "running": printer.take(.stageStarted(stage: known, detail: nil))
        case "finished": printer.take(.stageEnded(stage: known, detail: stage.detail))
        default: break
        }
    }

    private func wait() {
        guard !saidToWait, ProcessInfo.processInfo.systemUptime - start > Self.patience else { return }
        saidToWait = true
        printer.line("no worker has taken it yet; `lorad watch` starts one")
    }

    /// Says how the job ended, and ends the program so.
    static func end(_ job: JobRecord) throws {
        let told = [job.reason, job.runFolder].compactMap(\.self).joined(separator: " ")
        Failure.write(job.state.rawValue + (told.isEmpty ? "" : ": \(told)"))
        switch job.state {
        case .succeeded: return
        case .rejected: throw ExitCode(.data)
        case .cancelled: throw ExitCode(.interrupted)
        default: throw ExitCode(.failed)
        }
    }
}
