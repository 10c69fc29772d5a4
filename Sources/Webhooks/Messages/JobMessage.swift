import Common
import ForeignText
import Foundation
import JobReports
import Ledger

/// What there is to say about a job at an event, before it takes a service's shape.
package struct JobMessage: HookMessage {
    package let event: JobEvent
    package let job: JobRecord
    package let time: Date
    /// Sent by hand to try a hook: it tells of no real job, and says so.
    package let isTest: Bool
    /// The name of the worker's machine.
    package let host: String
    /// Where the outbox is served; nil where it is not.
    private let reportURL: String?

    /// - Parameters:
    ///   - host: nil for this machine's name.
    ///   - reportURL: `report_url` of lorad.yaml.
    package init(
        event: JobEvent, job: JobRecord, time: Date, isTest: Bool = false, host: String? = nil, reportURL: String? = nil
    ) {
        self.host = host ?? MessageHost.name
        self.reportURL = reportURL
        self.event = event
        self.job = job
        self.time = time
        self.isTest = isTest
    }

    /// A message that tells of nothing, so that no receiver takes it for a finished job.
    package static func test(now: Date) -> JobMessage {
        let job = JobRecord(id: "test", name: "lorad-test", state: .succeeded, submittedAt: now)
        return JobMessage(event: .succeeded, job: job, time: now, isTest: true)
    }

    /// As receivers of `generic` hooks tell messages apart.
    var type: String { isTest ? "webhook.test" : "job.\(event.rawValue)" }

    /// One line that says the result: `sentiment: 88.9%, +7.7 points, +0.2 since the last run`. Where nothing was scored,
    /// `sentiment: succeeded in 4m 31s`.
    package var title: String {
        if isTest { return "lorad: a test message; this webhook works" }
        let name = ForeignText.line(job.name)
        switch event {
        case .queued: return "\(name): queued"
        case .started: return job.attempt > 1 ? "\(name): started (attempt \(job.attempt))" : "\(name): started"
        case .succeeded: return figures.map { "\(name): \($0)" } ?? "\(name): succeeded\(duration)\(unscored)"
        case .failed: return "\(name): failed" + (figures.map { ", \($0)" } ?? duration)
        case .cancelled: return "\(name): cancelled"
        case .rejected: return "\(name): rejected"
        }
    }

    package var facts: [(label: String, value: String)] {
        var facts = [("job", job.id)] + (job.stamp.map { [("stamp", ForeignText.line($0))] } ?? [])
        facts.append(("host", ForeignText.line(host)))
        guard event != .queued, event != .started else { return facts }
        facts.append(("result", "\(event.rawValue)\(duration)"))
        if let summary = job.summary {
            if let headline = summary.headline { facts.append(("figure", Self.words(headline))) }
            if let parity = summary.parityPassed { facts.append(("merge parity", parity ? "passed" : "failed")) }
            let failed = summary.gates.filter { !$0.passed }
            if !summary.gates.isEmpty {
                let passed = summary.gates.count - failed.count
                facts.append(("gates", "\(passed) of \(summary.gates.count) passed"))
            }
            for gate in failed.prefix(5) { facts.append(("failed gate", ForeignText.line(gate.condition))) }
            if summary.steps > 0 {
                let rate = TableFigure.text(summary.tokensPerSecond, decimals: 0)
                facts.append(("training", "\(summary.steps) steps, \(rate) tokens/s"))
            }
        }
        if let folder = job.runFolder { facts.append(("folder", ForeignText.line(folder))) }
        return facts
    }

    package var report: String? { ReportAddress.of(job.runFolder, below: reportURL) }

    package var tone: MessageTone {
        switch event {
        case .queued, .started: .neutral
        case .succeeded: .good
        case .failed: .bad
        case .rejected: .warning
        case .cancelled: .muted
        }
    }

    package func generic() throws -> String { try GenericBody(self).json() }

    /// Of a run that succeeded with nothing to be scored on.
    private var unscored: String { job.summary?.slices.isEmpty == true ? ", not scored" : "" }

    /// The headline figure, what it is more than the base's, and than the last run's.
    private var figures: String? {
        guard let headline = job.summary?.headline else { return nil }
        var parts = [HeadlineWording.figure(headline)]
        if let base = headline.base { parts.append(HeadlineWording.change(headline, from: base)) }
        if let previous = headline.previous {
            parts.append("\(HeadlineWording.change(headline, from: previous, withUnit: false)) since the last run")
        }
        return parts.joined(separator: ", ")
    }

    /// `accuracy on all rows`.
    private static func words(_ headline: JobSummary.Headline) -> String {
        let slice = headline.slice == "all" ? "all rows" : ForeignText.line(headline.slice)
        return "\(headline.metric.replacing("_", with: " ")) on \(slice)"
    }

    /// Why it failed or was rejected.
    package var reason: String? { event == .failed || event == .rejected ? job.reason : nil }

    /// Slices before and after, nil where there are none.
    package var table: SliceTable? {
        guard event == .succeeded || event == .failed, let slices = job.summary?.slices, !slices.isEmpty else {
            return nil
        }
        return SliceTable(slices)
    }

    private var duration: String {
        guard let start = job.startedAt, let end = job.finishedAt else { return "" }
        let seconds = max(0, Int(end.timeIntervalSince(start).rounded()))
        let (hours, minutes) = (seconds / 3_600, seconds % 3_600 / 60)
        if hours > 0 { return " in \(hours)h \(minutes)m" }
        return minutes > 0 ? " in \(minutes)m \(seconds % 60)s" : " in \(seconds)s"
    }
}
