import Common

/// The one figure that a run is known by: what its first gate judges on all rows, or its first gate; without gates the
/// accuracy on all rows, a regression's correlation, or the loss.
package struct Headline: Sendable, Equatable {
    /// The slice it was measured on.
    package let slice: String
    /// As a gate names it.
    package let metric: String
    package let base: Double?
    package let adapter: Double
    /// In the last run of the name; nil where there was none, or it was not measured.
    package let previous: Double?

    /// Nil where nothing was scored.
    package init?(_ report: RunReport) {
        let judged = report.gates.filter { $0.slice == "all" } + report.gates
        let wanted =
            judged.map { (slice: $0.slice, metric: $0.metric) }
            + ["accuracy", "pearson", "loss"].map { (slice: "all", metric: $0) }
        for (slice, metric) in wanted {
            guard let scores = report.slices.first(where: { $0.name == slice }),
                let adapter = scores.adapter.value(metric), adapter.isFinite
            else { continue }
            self.slice = slice
            self.metric = metric
            self.adapter = adapter
            base = scores.base.value(metric).flatMap { $0.isFinite ? $0 : nil }
            let change = report.changes?.metrics.first { $0.slice == slice && $0.metric == metric }
            previous = change.map(\.before).flatMap { $0.isFinite ? $0 : nil }
            return
        }
        return nil
    }
}
