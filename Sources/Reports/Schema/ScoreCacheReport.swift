/// What of a run's scores and answers an earlier run had computed: `score_cache` in `report.json`. Figures are the same,
/// whether a model was asked or its scores were known.
package struct ScoreCacheReport: Codable, Sendable, Equatable {
    /// What could be known: of the base and of each published adapter, rows and prompts.
    package var scores: [CachedScoresReport]

    package init(scores: [CachedScoresReport]) { self.scores = scores }
}

/// One model's scores of the rows, or its answers to the prompts.
package struct CachedScoresReport: Codable, Sendable, Equatable {
    /// `base`, or what a published adapter is to the run: `parent`, `champion`, `previous`.
    package var models: [String]
    /// `rows` or `prompts`.
    package var of: String
    /// How many of them.
    package var count: Int
    /// Whether they were known; else they were computed.
    package var cached: Bool

    package init(models: [String], of: String, count: Int, cached: Bool) {
        (self.models, self.of, self.count, self.cached) = (models, of, count, cached)
    }
}
