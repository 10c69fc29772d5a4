/// The difference of two shares of the same rows.
///
/// Reference: A. Agresti and Y. Min, "Simple improved confidence intervals for comparing matched proportions",
/// Statistics in Medicine 24 (2005), pages 729 to 740: Wald's interval with ½ added to each of the four counts.
package struct PairedShares: Equatable, Sendable {
    /// (c − b) / n: rows that only the second answers rightly, less those that only the first does.
    package let difference: Double
    /// The 95% interval of the difference.
    package let interval: ClosedRange<Double>
    /// The interval's standard error.
    package let standardError: Double

    /// - Returns: nil for no rows.
    package init?(onlyFirst: Int, onlySecond: Int, rows: Int) {
        guard rows > 0, onlyFirst >= 0, onlySecond >= 0, onlyFirst + onlySecond <= rows else { return nil }
        let n = Double(rows) + 2
        let (b, c) = (Double(onlyFirst) + 0.5, Double(onlySecond) + 0.5)
        let centre = (c - b) / n
        standardError = (b + c - (c - b) * (c - b) / n).squareRoot() / n
        let half = Power.normal975 * standardError
        difference = Double(onlySecond - onlyFirst) / Double(rows)
        interval = max(-1, centre - half)...min(1, centre + half)
    }
}

/// What so many rows can show.
package enum Power {
    /// Quantiles of the normal distribution.
    static let normal975 = 1.959963984540054
    static let normal80 = 0.8416212335729143

    /// The smallest difference that a two-sided test at 5% finds four times out of five: (z₀.₉₇₅ + z₀.₈)·σ.
    package static func detectable(standardError: Double) -> Double { (normal975 + normal80) * standardError }

    /// The standard error behind a 95% interval.
    package static func standardError(of interval: ClosedRange<Double>) -> Double {
        (interval.upperBound - interval.lowerBound) / (2 * normal975)
    }
}
