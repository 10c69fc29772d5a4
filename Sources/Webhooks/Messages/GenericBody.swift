import Common
import ForeignText
import Foundation
import JobReports
import Ledger
import OperatingSystem

/// A generic webhook's body: `type`, `timestamp`, `data`, as https://www.standardwebhooks.com recommends, under 20 kB.
struct GenericBody {
    struct Body: Encodable {
        var type: String
        var timestamp: String
        var data: Content
    }

    struct Content: Encodable {
        var job: String
        var name: String
        /// Which of the name's nights it is; absent where the manifest has no `stamp`.
        var stamp: String?
        var state: String
        var attempt: Int
        var submittedAt: String
        var startedAt: String?
        var finishedAt: String?
        var manifestSHA256: String
        var reason: String?
        var runDir: String?
        /// The name of the worker's machine.
        var host: String
        /// Where the run's report is served.
        var reportURL: String?
        var summary: JobSummary?
        /// How many slices and gates were left out to keep the body small; absent where none were.
        var omitted: Int?

        private enum CodingKeys: String, CodingKey {
            case job, name, stamp, state, attempt, reason, summary, omitted, host
            case reportURL = "report_url"
            case submittedAt = "submitted_at"
            case startedAt = "started_at"
            case finishedAt = "finished_at"
            case manifestSHA256 = "manifest_sha256"
            case runDir = "run_dir"
        }
    }

    /// Bytes; the standard asks for less than 20 kB.
    static let limit = 20_000
    static let reasonLimit = 2_000

    private let message: JobMessage

    init(_ message: JobMessage) { self.message = message }

    /// Drops slices and gates from the end until the body fits, then shortens its texts: a control character takes six
    /// bytes of JSON.
    func json() throws -> String {
        var kept = max(message.job.summary?.slices.count ?? 0, message.job.summary?.gates.count ?? 0)
        var reasonLimit = Self.reasonLimit
        while true {
            let text = try CompactJSON.encode(body(keeping: kept, reasonLimit: reasonLimit))
            if text.utf8.count < Self.limit || kept + reasonLimit == 0 { return text }
            if kept > 0 { kept = kept * 3 / 4 } else { reasonLimit = reasonLimit * 3 / 4 }
        }
    }

    private func body(keeping kept: Int, reasonLimit: Int) -> Body {
        let job = message.job
        var summary = job.summary
        let slices = job.summary?.slices ?? []
        let gates = job.summary?.gates ?? []
        summary?.slices = Array(slices.prefix(kept))
        summary?.gates = Array(gates.prefix(kept))
        let omitted = max(0, slices.count - kept) + max(0, gates.count - kept)
        return Body(
            type: message.type, timestamp: Timestamp.text(message.time),
            data: Content(
                job: job.id, name: ForeignText.cut(job.name, to: 256), stamp: job.stamp,
                state: job.state.rawValue, attempt: job.attempt, submittedAt: Timestamp.text(job.submittedAt),
                startedAt: job.startedAt.map(Timestamp.text),
                finishedAt: job.finishedAt.map(Timestamp.text), manifestSHA256: job.manifestSHA256,
                reason: message.reason.map { ForeignText.cut($0, to: reasonLimit) },
                runDir: job.runFolder.map { ForeignText.cut($0, to: 1_024) }, host: message.host,
                reportURL: message.report, summary: summary,
                omitted: omitted > 0 ? omitted : nil))
    }
}
