import Foundation

extension Metrics {
    /// KL(p‖q) = Σᵢ pᵢ (log pᵢ − log qᵢ) in nats, of the distributions softmax(`logits`) and softmax(`other`).
    ///
    /// Never negative: a sum that rounding brings below 0 is 0. Both rows must be finite and of one length.
    /// Reference: Kullback and Leibler, "On information and sufficiency", Annals of Math. Statistics 22 (1951).
    package static func kullbackLeibler(_ logits: [Float], _ other: [Float]) -> Double {
        precondition(logits.count == other.count)
        let p = logits.lazy.map(Double.init)
        let q = other.lazy.map(Double.init)
        let pNormalizer = logSumExp(p)
        let qNormalizer = logSumExp(q)
        let sum = zip(p, q).reduce(0) { sum, pair in
            let logP = pair.0 - pNormalizer
            return sum + exp(logP) * (logP - (pair.1 - qNormalizer))
        }
        return max(0, sum)
    }
}
