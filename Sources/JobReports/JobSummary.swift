/// What a finished job has to show: enough for `status` and a chat message, not the report. Its JSON uses
/// `report.json`'s names.
package struct JobSummary: Sendable, Codable, Equatable {
    /// What a model scored on a slice; nil where it was not measured.
    package struct Score: Sendable, Codable, Equatable {
        /// Mean, in nats per supervised token.
        package var loss: Double?
        /// Share of rows, 0 to 1.
        package var accuracy: Double?

        package init(loss: Double? = nil, accuracy: Double? = nil) {
            self.loss = loss
            self.accuracy = accuracy
        }
    }

    /// One evaluation slice, scored with the base alone and with the adapter.
    package struct Slice: Sendable, Codable, Equatable {
        package var name: String
        /// Rows scored.
        package var rows: Int
        package var base: Score
        package var adapter: Score

        package init(name: String, rows: Int, base: Score = Score(), adapter: Score = Score()) {
            self.name = name
            self.rows = rows
            self.base = base
            self.adapter = adapter
        }
    }

    /// One gate as judged.
    package struct Gate: Sendable, Codable, Equatable {
        /// The gate in words: `movies accuracy ≥ 0.75`.
        package var condition: String
        package var value: Double?
        package var passed: Bool

        package init(condition: String, value: Double?, passed: Bool) {
            self.condition = condition
            self.value = value
            self.passed = passed
        }
    }

    /// The one figure that a run is known by.
    package struct Headline: Sendable, Codable, Equatable {
        package var slice: String
        /// As a gate names it, such as `accuracy`.
        package var metric: String
        package var base: Double?
        package var adapter: Double
        /// In the last run of the name.
        package var previous: Double?

        package init(slice: String, metric: String, base: Double?, adapter: Double, previous: Double?) {
            self.slice = slice
            self.metric = metric
            self.base = base
            self.adapter = adapter
            self.previous = previous
        }
    }

    private enum CodingKeys: String, CodingKey {
        case slices, gates, steps, headline
        case parityPassed = "parity_passed"
        case wallSeconds = "wall_seconds"
        case tokensPerSecond = "tokens_per_second"
    }

    package var slices: [Slice]
    package var gates: [Gate]
    /// Nil where parity was not reached.
    package var parityPassed: Bool?
    /// Training steps made.
    package var steps: Int
    package var wallSeconds: Double
    package var tokensPerSecond: Double
    /// Nil where nothing was scored, and in summaries of earlier lorads.
    package var headline: Headline?

    package init(
        slices: [Slice] = [], gates: [Gate] = [], parityPassed: Bool? = nil, steps: Int = 0, wallSeconds: Double = 0,
        tokensPerSecond: Double = 0, headline: Headline? = nil
    ) {
        self.slices = slices
        self.gates = gates
        self.parityPassed = parityPassed
        self.steps = steps
        self.wallSeconds = wallSeconds
        self.tokensPerSecond = tokensPerSecond
        self.headline = headline
    }
}
