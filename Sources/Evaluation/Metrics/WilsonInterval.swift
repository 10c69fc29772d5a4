extension Metrics {
    /// The two-sided 95% quantile of the normal distribution, Φ⁻¹(0.975).
    static let normalQuantile95 = 1.959963984540054

    /// Wilson's score interval at 95% for `successes` out of `trials`; nil for no trials.
    ///
    /// With p = k/n: (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n). Unlike p ± z·√(p(1−p)/n) it stays in [0, 1]
    /// and has a width at p = 0 and p = 1. Reference: Wilson, "Probable inference, the law of succession, and
    /// statistical inference", JASA 22 (1927), pages 209 to 212.
    package static func wilsonInterval(successes: Int, trials: Int) -> ClosedRange<Double>? {
        guard trials > 0, (0...trials).contains(successes) else { return nil }
        let n = Double(trials)
        let p = Double(successes) / n
        let z = normalQuantile95
        let center = p + z * z / (2 * n)
        let halfWidth = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
        let scale = 1 + z * z / n
        // At p = 0 and p = 1 one bound is exact; rounding must not push it outside.
        let lower = successes == 0 ? 0 : max(0, (center - halfWidth) / scale)
        let upper = successes == trials ? 1 : min(1, (center + halfWidth) / scale)
        return lower...upper
    }
}
