import Common
import Foundation
import Ledger
import Views
import Worker

/// What `lorad status JOB` says of a job beside its row.
enum JobDetails {
    static func lines(_ status: JobStatus) -> [String] {
        let job = status.job
        var lines = status.stages.map { stage(status, $0) }
        if let told = status.progress?.told { lines.append("  \(told.stage.rawValue): \(told.words)") }
        let times = [
            ("submitted", job.submittedAt as Date?), ("started", job.startedAt), ("ended", job.finishedAt),
        ]
        lines.append(
            "  "
                + times.compactMap { name, date in date.map { "\(name) \(FigureFormat.time($0))" } }.joined(
                    separator: ", "))
        if let reason = job.reason { lines += reason.split(separator: "\n").map { "  \($0)" } }
        if let folder = job.runFolder { lines.append("  run: \(folder)") }
        lines.append("  log: \(status.logPath)")
        return lines
    }

    private static func stage(_ status: JobStatus, _ stage: StageRecord) -> String {
        let time = stage.finishedAt.map { [FigureFormat.duration($0.timeIntervalSince(stage.startedAt))] } ?? []
        let words = [stage.state(in: status.job)] + time + (stage.detail.map { [$0] } ?? [])
        return "  \(stage.name): " + words.joined(separator: ", ")
    }
}
