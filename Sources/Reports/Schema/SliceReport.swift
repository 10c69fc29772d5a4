import Foundation

/// The scores of one slice: an entry of `slices` in `report.json`.
package struct SliceReport: Codable, Sendable, Equatable {
    /// The value of the field that the data is sliced by, or `all`.
    package var name: String
    /// Rows of the evaluation data in it that were scored.
    package var rows: Int
    /// Rows in it that were left out because they are longer than the base's positions; absent where none was.
    package var dropped: Int?
    /// How the base did.
    package var base: SliceScore
    /// How the base with the adapter did.
    package var adapter: SliceScore
    /// Base and adapter on the very same rows; absent in reports of earlier lorads.
    package var comparison: ComparisonReport?
    /// How the adapter did that this one went on from; absent where it was fresh.
    package var parent: SliceScore?
    /// That adapter and this one on the very same rows.
    package var parentComparison: ComparisonReport?
    /// How the champion did; absent where there was none, or no gate is on it.
    package var champion: SliceScore?
    /// The champion and this one on the very same rows.
    package var championComparison: ComparisonReport?
    /// The same of the adapter that `previous` led to.
    package var previous: SliceScore?
    package var previousComparison: ComparisonReport?

    private enum CodingKeys: String, CodingKey {
        case name, rows, dropped, base, adapter, comparison, parent, champion, previous
        case parentComparison = "parent_comparison"
        case championComparison = "champion_comparison"
        case previousComparison = "previous_comparison"
    }

    /// The scores of a slice of `rows` rows.
    package init(
        name: String, rows: Int, dropped: Int? = nil, base: SliceScore, adapter: SliceScore,
        comparison: ComparisonReport? = nil
    ) {
        self.name = name
        self.rows = rows
        self.dropped = dropped
        self.base = base
        self.adapter = adapter
        self.comparison = comparison
    }
}

/// What became of the rows of the evaluation data: `evaluation` in `report.json`.
package struct EvaluationCounts: Codable, Sendable, Equatable {
    /// Rows that were scored.
    package var rows: Int
    /// Rows that were left out because they are longer than the base's positions.
    package var dropped: Int
    /// Slices none of whose rows could be scored, with how many they have; absent where there is no such slice.
    package var unscored: [String: Int]?

    /// Counts of rows.
    package init(rows: Int, dropped: Int, unscored: [String: Int]? = nil) {
        self.rows = rows
        self.dropped = dropped
        self.unscored = unscored
    }
}

/// How one model did on one slice.
package struct SliceScore: Codable, Sendable, Equatable {
    /// Mean −log p over the supervised tokens, or over the rows of a classification, in nats; a regression's mean squared
    /// error.
    package var loss: Double
    /// `exp(loss)`, of text that is predicted token by token.
    package var perplexity: Double?
    /// Share of rows answered rightly.
    package var accuracy: Double?
    /// 95% Wilson score interval of `accuracy`.
    package var accuracyInterval: WilsonInterval?
    /// Expected calibration error: 15 equal-width bins of the softmax over the choices, or the classes.
    package var calibrationError: Double?
    /// F1 of the second of two classes, or the mean over more.
    package var f1: Double?
    /// Matthews' correlation of classes.
    package var matthews: Double?
    /// Pearson's correlation of a regression.
    package var pearson: Double?
    /// Spearman's correlation of a regression.
    package var spearman: Double?

    /// The names of figures, as gates use them.
    package static let metrics = [
        "accuracy", "loss", "perplexity", "calibration_error", "f1", "matthews", "pearson", "spearman",
    ]

    /// A figure by its name; nil where it was not measured, or has another name.
    package func value(_ metric: String) -> Double? {
        switch metric {
        case "loss": loss
        case "perplexity": perplexity
        case "accuracy": accuracy
        case "calibration_error": calibrationError
        case "f1": f1
        case "matthews": matthews
        case "pearson": pearson
        case "spearman": spearman
        default: nil
        }
    }

    /// A score on `rows` rows; perplexity and the accuracy's interval follow from the arguments.
    package init(
        loss: Double, accuracy: Double? = nil, calibrationError: Double? = nil, rows: Int, hasPerplexity: Bool = true
    ) {
        self.loss = loss
        self.perplexity = hasPerplexity ? exp(loss) : nil
        self.accuracy = accuracy
        self.accuracyInterval = accuracy.flatMap { WilsonInterval(share: $0, of: rows) }
        self.calibrationError = calibrationError
    }

    private enum CodingKeys: String, CodingKey {
        case loss, perplexity, accuracy, f1, matthews, pearson, spearman
        case accuracyInterval = "accuracy_interval"
        case calibrationError = "calibration_error"
    }
}

/// The 95% score interval of a share (E. B. Wilson, JASA 22, 1927), which stays within 0…1 and holds for few rows:
/// `(p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n)`.
package struct WilsonInterval: Codable, Sendable, Equatable {
    /// Lower end, at least 0.
    package let low: Double
    /// Upper end, at most 1.
    package let high: Double

    /// The interval of `share` among `count` rows; nil where nothing was counted or `share` is no share.
    package init?(share: Double, of count: Int) {
        guard count > 0, share >= 0, share <= 1 else { return nil }
        let z = 1.959963984540054
        let n = Double(count)
        let scale = 1 + z * z / n
        let centre = (share + z * z / (2 * n)) / scale
        let half = z * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot() / scale
        low = max(0, centre - half)
        high = min(1, centre + half)
    }
}
