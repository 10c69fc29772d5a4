import Common
import ForeignText
import Foundation
import Ledger
import Views
import Worker

/// Jobs as `lorad status` lists them.
package struct JobTable {
    /// On a narrower terminal an id is told by its last digits, which name the job as well.
    private static let narrow = 110
    private static let nothing = "-"

    private let jobs: [JobStatus]
    private let now: Date

    package init(_ jobs: [JobStatus], now: Date = Date()) {
        self.jobs = jobs
        self.now = now
    }

    /// - Parameter width: columns of the terminal; nil where there is none.
    package func lines(width: Int?) -> [String] {
        let isNarrow = width.map { $0 < Self.narrow } ?? false
        let columns: [TextTable.Column] = [
            .init("id"), .init("name"), .init("state"), .init("stage", expendability: 2),
            .init("age", isRight: true, expendability: 5), .init("time", isRight: true, expendability: 4),
            .init("result", expendability: 1), .init("change", isRight: true, expendability: 3),
            .init("more", expendability: 6, isCut: width != nil),
        ]
        let rows = jobs.map { status in
            let job = status.job
            return [
                isNarrow ? String(job.id.suffix(8)) : job.id, ForeignText.line(Self.name(job)), job.state.rawValue,
                Self.stage(status), age(job), time(job), Self.result(job), Self.change(job),
                ForeignText.line(more(job)),
            ]
        }
        return TextTable(columns, rows).lines(width: width)
    }

    private static func name(_ job: JobRecord) -> String { job.stamp.map { "\(job.name) (\($0))" } ?? job.name }

    /// The stage that a running job is in, and its step.
    package static func stage(_ status: JobStatus) -> String {
        guard status.job.state == .running else { return nothing }
        let stage = status.stages.last { $0.state(in: status.job) == "running" }?.name
        guard let told = status.progress?.told, stage == nil || told.stage.rawValue == stage else {
            return stage ?? nothing
        }
        return "\(told.stage.rawValue) \(told.place)"
    }

    private func age(_ job: JobRecord) -> String { Self.short(now.timeIntervalSince(job.submittedAt)) }

    /// Of the last attempt.
    private func time(_ job: JobRecord) -> String {
        guard let start = job.startedAt, job.state == .running || job.finishedAt != nil else { return Self.nothing }
        return Self.short((job.finishedAt ?? now).timeIntervalSince(start))
    }

    /// `12 s`, `3 min`, `5 h`, `2 days`: enough to see which is older.
    private static func short(_ seconds: Double) -> String {
        let seconds = max(0, seconds)
        switch seconds {
        case ..<60: return "\(Int(seconds)) s"
        case ..<3_600: return "\(Int(seconds / 60)) min"
        case ..<172_800: return "\(Int(seconds / 3_600)) h"
        default: return "\(Int(seconds / 86_400)) days"
        }
    }

    private static func result(_ job: JobRecord) -> String {
        job.summary?.headline.map { HeadlineFigure.value($0.metric, $0.adapter, slice: $0.slice) } ?? nothing
    }

    /// Against the last run of the name.
    private static func change(_ job: JobRecord) -> String {
        guard let headline = job.summary?.headline, let previous = headline.previous else { return nothing }
        return HeadlineFigure.change(headline.metric, headline.adapter - previous)
    }

    /// Where it is, why it is not, or how it lives.
    private func more(_ job: JobRecord) -> String {
        if job.state == .running, let process = job.execution?.process, let beat = job.heartbeatAt {
            if job.isForeground { return "process \(process.pid), lorad run" }
            let memory = job.memoryBytes.map { ", \($0 >> 20) MiB" } ?? ""
            return "process \(process.pid)\(memory), heartbeat \(Int(max(0, now.timeIntervalSince(beat)))) s ago"
        }
        if job.state == .queued, let time = job.notBefore, time > now {
            return "retry \(job.retries) in \(Int(time.timeIntervalSince(now).rounded(.up))) s: \(job.reason ?? "")"
        }
        // The first of its mistakes, or sentences; `lorad status JOB` has all of them.
        return job.reason.flatMap { $0.split(separator: "\n").first.map(String.init) } ?? job.runFolder ?? ""
    }
}
