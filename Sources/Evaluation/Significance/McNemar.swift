import Foundation

/// McNemar's exact test of two models on the same rows: whether the rows that only one of them answers rightly are as
/// often the one's as the other's.
///
/// Reference: Q. McNemar, Psychometrika 12 (1947), pages 153 to 157; the exact form is the two-sided sign test of the
/// discordant pairs, as statsmodels' `mcnemar(exact=True)`.
package struct McNemar: Equatable, Sendable {
    /// Rows that only the first model answers rightly.
    package let onlyFirst: Int
    /// Rows that only the second model answers rightly.
    package let onlySecond: Int

    /// A test of these counts, neither of which is negative.
    package init(onlyFirst: Int, onlySecond: Int) {
        precondition(onlyFirst >= 0 && onlySecond >= 0)
        self.onlyFirst = onlyFirst
        self.onlySecond = onlySecond
    }

    /// The two-sided p: min(1, 2 · P(X ≤ min(b, c))), X binomial with n = b + c and ½. 1 where no row tells them apart.
    package var pValue: Double {
        let rows = onlyFirst + onlySecond
        guard rows > 0 else { return 1 }
        let all = lgamma(Double(rows) + 1) - Double(rows) * log(2)
        let tail = (0...min(onlyFirst, onlySecond)).reduce(0.0) { sum, k in
            sum + exp(all - lgamma(Double(k) + 1) - lgamma(Double(rows - k) + 1))
        }
        return min(1, 2 * tail)
    }
}
