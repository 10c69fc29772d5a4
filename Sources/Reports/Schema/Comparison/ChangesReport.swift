import Foundation

/// What changed since the last succeeded run of the same name: `changes` in `report.json`.
package struct ChangesReport: Codable, Sendable, Equatable {
    /// The identifier of the run before.
    package var run: String
    /// When it was finished.
    package var finishedAt: Date
    /// The figures that both runs have, the gates' and those of all rows first.
    package var metrics: [MetricChange]
    /// Rows that both runs scored; absent where the run before kept none, or none is the same.
    package var flips: FlippedRows?
    /// Settings that differ, and files of rows whose content does.
    package var settings: [SettingChange]

    package init(
        run: String, finishedAt: Date, metrics: [MetricChange] = [], flips: FlippedRows? = nil,
        settings: [SettingChange] = []
    ) {
        self.run = run
        self.finishedAt = finishedAt
        self.metrics = metrics
        self.flips = flips
        self.settings = settings
    }

    private enum CodingKeys: String, CodingKey {
        case run, metrics, flips, settings
        case finishedAt = "finished_at"
    }
}

/// One figure in the run before and in this one.
package struct MetricChange: Codable, Sendable, Equatable {
    /// The slice it was measured on.
    package var slice: String
    /// As a gate names it.
    package var metric: String
    package var before: Double
    package var after: Double
    /// The two adapters on the rows that both runs scored, where they kept them.
    package var comparison: ComparisonReport?

    package init(slice: String, metric: String, before: Double, after: Double, comparison: ComparisonReport? = nil) {
        self.slice = slice
        self.metric = metric
        self.before = before
        self.after = after
        self.comparison = comparison
    }
}

/// Rows that one run's adapter answered rightly and the other's did not.
package struct FlippedRows: Codable, Sendable, Equatable {
    /// Rows that both runs scored.
    package var compared: Int
    /// Rows that are right now and were wrong.
    package var nowRight: Int
    /// Rows that are wrong now and were right.
    package var nowWrong: Int
    /// The first of them, those that are wrong now first.
    package var rows: [FlippedRow]

    package init(compared: Int, nowRight: Int, nowWrong: Int, rows: [FlippedRow]) {
        self.compared = compared
        self.nowRight = nowRight
        self.nowWrong = nowWrong
        self.rows = rows
    }

    private enum CodingKeys: String, CodingKey {
        case compared, rows
        case nowRight = "now_right"
        case nowWrong = "now_wrong"
    }
}

/// A row that flipped.
package struct FlippedRow: Codable, Sendable, Equatable {
    /// Its line in the evaluation data.
    package var line: Int
    package var slice: String?
    /// Whether it is right now.
    package var isRight: Bool
    /// What the model was given and what it is to say, cut to a length.
    package var text: String

    package init(line: Int, slice: String?, isRight: Bool, text: String) {
        self.line = line
        self.slice = slice
        self.isRight = isRight
        self.text = text
    }

    private enum CodingKeys: String, CodingKey {
        case line, slice, text
        case isRight = "is_right"
    }
}

/// A setting of two runs that differs.
package struct SettingChange: Codable, Sendable, Equatable {
    /// As the manifest names it, `training.learning_rate`; `dataset.train: content` for a file's rows.
    package var key: String
    /// Nil where it was not set.
    package var before: String?
    package var after: String?

    package init(key: String, before: String?, after: String?) {
        self.key = key
        self.before = before
        self.after = after
    }
}
