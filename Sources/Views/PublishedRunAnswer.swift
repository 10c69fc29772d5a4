import Foundation
import Publication
import Reports

/// One published run, `lorad runs --json`.
package struct PublishedRunAnswer: Encodable {
    package let name: String
    package let runFolder: String
    /// `succeeded`, `failed` or `rejected`; nil where the report cannot be read.
    package let status: String?
    /// False where it succeeded without anything to be scored on.
    package let isScored: Bool
    package let isLatest: Bool
    package let finishedAt: Date?
    /// The slice and the name of the figure that the run is known by.
    package let slice: String?
    package let metric: String?
    package let base: Double?
    package let value: Double?
    /// What the figure is more than in the succeeded run before; nil where that has no such figure.
    package let change: Double?
    package let bytes: Int

    private enum CodingKeys: String, CodingKey {
        case name, status, slice, metric, base, value, change, bytes
        case runFolder = "run_dir"
        case isScored = "scored"
        case isLatest = "latest"
        case finishedAt = "finished_at"
    }

    /// Runs as `OutboxRun.list` has them: of a name, the newest first.
    package static func all(_ runs: [OutboxRun]) -> [PublishedRunAnswer] {
        runs.enumerated().map { index, run in
            let before = runs.dropFirst(index + 1).first {
                $0.name == run.name && $0.summary?.status == .succeeded
            }
            return PublishedRunAnswer(run, before: before)
        }
    }

    private init(_ run: OutboxRun, before: OutboxRun?) {
        let headline = run.summary?.headline
        name = run.name
        runFolder = run.folder
        status = run.summary?.status.rawValue
        isScored = headline != nil
        isLatest = run.isLatest
        finishedAt = run.summary?.finishedAt
        slice = headline?.slice
        metric = headline?.metric
        base = headline?.base
        value = headline?.adapter
        let old = before?.summary?.headline
        let isSame = old.map { $0.slice == headline?.slice && $0.metric == headline?.metric } ?? false
        change = isSame ? headline.flatMap { now in old.map { now.adapter - $0.adapter } } : nil
        bytes = run.bytes
    }
}
