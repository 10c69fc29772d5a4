import Common

/// What of a run's scores an earlier run had computed, in one sentence.
package enum CacheSentence {
    /// Nil where no cache was asked, or there was nothing to know.
    package static func render(_ report: RunReport) -> String? {
        guard let scores = report.scoreCache?.scores, !scores.isEmpty else { return nil }
        let known = scores.filter(\.cached)
        guard !known.isEmpty else {
            return
                "Nothing of what other models score and answer was known from an earlier run: all of them were asked."
        }
        return "Taken from an earlier run, which put the same to the same models: \(list(known)). "
            + (known.count == scores.count
                ? "Only the adapter itself was asked." : "Asked in this run: \(list(scores.filter { !$0.cached })).")
    }

    private static func list(_ scores: [CachedScoresReport]) -> String {
        scores.map { "\($0.models.joined(separator: " and ")) on \(FigureFormat.count($0.count)) \($0.of)" }
            .joined(separator: ", ")
    }
}
