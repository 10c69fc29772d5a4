extension Metrics {
    /// Pearson's correlation: Σ (x − x̄)(y − ȳ) / √(Σ (x − x̄)² · Σ (y − ȳ)²).
    ///
    /// nil for fewer than two pairs, and where either side is constant: it is not defined there. Reference: Pearson,
    /// Proceedings of the Royal Society 58 (1895), pages 240 to 242; as scipy's `pearsonr`.
    package static func pearson(_ x: [Double], _ y: [Double]) -> Double? {
        precondition(x.count == y.count)
        guard x.count > 1, !isConstant(x), !isConstant(y) else { return nil }
        let (dx, dy) = (centred(x), centred(y))
        let spread = norm(dx) * norm(dy)
        guard spread > 0, spread.isFinite else { return nil }
        return max(-1, min(1, zip(dx, dy).reduce(0) { $0 + $1.0 * $1.1 } / spread))
    }

    /// Spearman's correlation: Pearson's of the ranks, equal values sharing the mean of their ranks.
    ///
    /// nil as for `pearson`. Reference: Spearman, American Journal of Psychology 15 (1904), pages 72 to 101; as scipy's
    /// `spearmanr`.
    package static func spearman(_ x: [Double], _ y: [Double]) -> Double? {
        pearson(ranks(x), ranks(y))
    }

    /// Ranks from 1; those of equal values are averaged.
    static func ranks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
            for position in start..<end { ranks[order[position]] = Double(start + 1 + end) / 2 }
            start = end
        }
        return ranks
    }

    private static func isConstant(_ values: [Double]) -> Bool { values.allSatisfy { $0 == values[0] } }

    private static func centred(_ values: [Double]) -> [Double] {
        let mean = values.reduce(0, +) / Double(values.count)
        return values.map { $0 - mean }
    }

    private static func norm(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }
}
