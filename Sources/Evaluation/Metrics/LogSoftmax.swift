import Foundation

extension Metrics {
    /// log Σᵢ exp(xᵢ), computed as m + log Σᵢ exp(xᵢ − m) with m = max x so that no term overflows.
    ///
    /// −∞ for no values. Reference: Blanchard, Higham, Higham, "Accurately computing the log-sum-exp and softmax
    /// functions", IMA J. Numerical Analysis 41 (2021), section 2.
    package static func logSumExp(_ values: some Collection<Double>) -> Double {
        guard let maximum = values.max(), maximum > -.infinity else { return -.infinity }
        return maximum + log(values.reduce(0) { $0 + exp($1 - maximum) })
    }

    /// softmax(x)ᵢ = exp(xᵢ − log Σⱼ exp(xⱼ)); sums to 1.
    package static func softmax(_ values: [Double]) -> [Double] {
        let normalizer = logSumExp(values)
        return values.map { exp($0 - normalizer) }
    }
}
