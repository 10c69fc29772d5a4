import Common
import ForeignText
import Foundation
import Ledger

/// What there is to say about a job at an event, before it takes a service's shape.
package struct JobMessage: Sendable {
    package let event: JobEvent
    package let job: JobRecord
    package let time: Date
    /// Sent by hand to try a hook: it tells of no real job, and says so.
    package let isTest: Bool

    package init(event: JobEvent, job: JobRecord, time: Date, isTest: Bool = false) {
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

    /// One line: `sentiment: succeeded in 4m 31s`.
    var title: String {
        if isTest { return "lorad: a test message; this webhook works" }
        let name = ForeignText.line(job.name)
        switch event {
        case .queued: return "\(name): queued"
        case .started: return job.attempt > 1 ? "\(name): started (attempt \(job.attempt))" : "\(name): started"
        case .succeeded: return "\(name): succeeded" + duration
        case .failed: return "\(name): failed" + duration
        case .rejected: return "\(name): rejected"
        }
    }

    /// Label and value, one line each.
    var facts: [(label: String, value: String)] {
        var facts = [("job", job.id)]
        guard event != .queued, event != .started else { return facts }
        if let summary = job.summary {
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

    /// Why it failed or was rejected.
    var reason: String? { event == .failed || event == .rejected ? job.reason : nil }

    /// Slices before and after, nil where there are none.
    var table: SliceTable? {
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
