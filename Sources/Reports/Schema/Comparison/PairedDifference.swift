/// What a gate's metric differs by between two models on the same rows, and what these rows could show.
package struct PairedDifference: Codable, Sendable, Equatable {
    /// How the two are told apart.
    package var test: ComparisonReport.Test
    /// The adapter's less the other's: of an accuracy the share of the rows, else the mean loss.
    package var value: Double
    /// The ends of its 95% interval: Agresti and Min's of paired shares, or the bootstrap's percentiles.
    package var low: Double
    package var high: Double
    /// Two-sided: how likely a difference as large is where there is none.
    package var pValue: Double
    package var rows: Int
    /// The smallest true difference that so many rows, scattered as these are, show four times out of five.
    package var detectable: Double

    /// A difference.
    package init(
        test: ComparisonReport.Test, value: Double, low: Double, high: Double, pValue: Double, rows: Int,
        detectable: Double
    ) {
        self.test = test
        self.value = value
        self.low = low
        self.high = high
        self.pValue = pValue
        self.rows = rows
        self.detectable = detectable
    }

    /// Whether the two are told apart.
    package var isSignificant: Bool { pValue < ComparisonReport.significance }

    private enum CodingKeys: String, CodingKey {
        case test, value, low, high, rows, detectable
        case pValue = "p_value"
    }
}
