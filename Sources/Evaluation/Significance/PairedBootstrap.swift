import Tensors

/// A paired bootstrap of the difference between two models on the same rows: rows are drawn with replacement, and each
/// draw gives one difference of the means.
///
/// Reference: B. Efron and R. J. Tibshirani, "An introduction to the bootstrap" (1993), chapters 13 (percentile
/// intervals) and 16; P. Koehn, "Statistical significance tests for machine translation evaluation", EMNLP 2004.
package struct PairedBootstrap: Equatable, Sendable {
    /// Σ (second − first) / Σ weight over all rows.
    package let difference: Double
    /// The middle 95% of the differences that were drawn.
    package let interval: ClosedRange<Double>
    /// Two-sided: twice the share of draws on the other side of 0, or on it; at least 2/(draws + 1), at most 1.
    package let pValue: Double

    /// Draws where rows are few.
    private static let mostDraws = 10_000
    /// Draws however many rows there are.
    private static let fewestDraws = 1_000
    /// Rows that are drawn in all, so that a test takes about a second.
    private static let mostRows = 50_000_000

    /// The draws for so many rows.
    package static func draws(rows: Int) -> Int { min(mostDraws, max(fewestDraws, mostRows / max(rows, 1))) }

    /// Draws from the rows; the same arguments give the same figures on every machine.
    ///
    /// - Parameters:
    ///   - differences: what the second model has more than the first, for each row; all finite.
    ///   - weights: what each row counts, such as its tokens; 1 a row where nil.
    ///   - draws: how often rows are drawn; by their number where nil.
    /// - Returns: nil for no rows, and where weights add up to nothing.
    package init?(_ differences: [Double], weights: [Double]? = nil, seed: UInt64 = 0, draws: Int? = nil) {
        let weights = weights ?? differences.map { _ in 1 }
        precondition(differences.count == weights.count)
        let total = weights.reduce(0, +)
        guard !differences.isEmpty, total > 0, differences.allSatisfy(\.isFinite) else { return nil }
        difference = differences.reduce(0, +) / total
        let count = differences.count
        let draws = draws ?? Self.draws(rows: count)
        let random = Philox(seed: seed, stream: .bootstrap)
        var drawn: [Double] = []
        drawn.reserveCapacity(draws)
        for draw in 0..<draws {
            var (sum, weight) = (0.0, 0.0)
            for block in 0..<(count + 3) / 4 {
                let bits = random.bits(step: UInt64(draw), position: UInt64(block))
                for lane in 0..<min(4, count - 4 * block) {
                    // Lemire's reduction: a row of `count` from 32 random bits.
                    let row = Int((UInt64(bits[lane]) * UInt64(count)) >> 32)
                    sum += differences[row]
                    weight += weights[row]
                }
            }
            drawn.append(weight > 0 ? sum / weight : 0)
        }
        drawn.sort()
        interval = Self.quantile(drawn, 0.025)...Self.quantile(drawn, 0.975)
        let (below, above) = (drawn.count { $0 <= 0 }, drawn.count { $0 >= 0 })
        pValue = min(1, 2 * Double(min(below, above) + 1) / Double(draws + 1))
    }

    /// Of sorted values, by linear interpolation between neighbours, as numpy's default.
    static func quantile(_ sorted: [Double], _ share: Double) -> Double {
        let place = share * Double(sorted.count - 1)
        let below = Int(place)
        guard below + 1 < sorted.count else { return sorted[sorted.count - 1] }
        return sorted[below] + (place - Double(below)) * (sorted[below + 1] - sorted[below])
    }
}
