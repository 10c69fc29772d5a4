/// Two models held against each other on the same rows: `comparison` in `report.json`.
package struct ComparisonReport: Codable, Sendable, Equatable {
    /// How they are judged.
    package enum Test: String, Codable, Sendable {
        /// McNemar's exact test of the rows that only one of them answers rightly.
        case mcnemar = "mcnemar_exact"
        /// A seeded paired bootstrap of the difference of the losses.
        case bootstrap = "paired_bootstrap"
    }

    /// Below it two models are told apart.
    package static let significance = 0.05

    /// How they were judged.
    package var test: Test
    /// Two-sided: how likely a difference as large is where there is none.
    package var pValue: Double
    /// Rows that both were scored on.
    package var rows: Int
    /// Rows that only the first of the two answers rightly; absent where rows have no right answer.
    package var onlyBefore: Int?
    /// Rows that only the second answers rightly.
    package var onlyAfter: Int?
    /// The second's loss less the first's, over all rows; absent for McNemar's test.
    package var difference: Double?
    /// The lower end of the difference's 95% percentile interval.
    package var low: Double?
    /// Its upper end.
    package var high: Double?

    /// A test of right and wrong.
    package init(pValue: Double, rows: Int, onlyBefore: Int, onlyAfter: Int) {
        test = .mcnemar
        self.pValue = pValue
        self.rows = rows
        self.onlyBefore = onlyBefore
        self.onlyAfter = onlyAfter
    }

    /// A test of losses.
    package init(pValue: Double, rows: Int, difference: Double, low: Double, high: Double) {
        test = .bootstrap
        self.pValue = pValue
        self.rows = rows
        self.difference = difference
        self.low = low
        self.high = high
    }

    /// Whether the two are told apart.
    package var isSignificant: Bool { pValue < Self.significance }

    private enum CodingKeys: String, CodingKey {
        case test, rows, difference, low, high
        case pValue = "p_value"
        case onlyBefore = "only_before"
        case onlyAfter = "only_after"
    }
}
