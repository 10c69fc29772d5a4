extension Metrics {
    /// The share of trials that succeeded, k/n. nil for no trials.
    package static func accuracy(_ correct: [Bool]) -> Double? {
        guard !correct.isEmpty else { return nil }
        return Double(correct.count(where: { $0 })) / Double(correct.count)
    }
}
