extension Metrics {
    /// Expected calibration error: Σₘ |Bₘ|/n · |accuracy(Bₘ) − confidence(Bₘ)| over equal-width bins ((m−1)/M, m/M].
    ///
    /// A prediction's confidence is the probability the model gave to what it predicted. A confidence of 0 falls in
    /// the first bin. nil for no predictions. Reference: Guo, Pleiss, Sun, Weinberger, "On calibration of modern
    /// neural networks", ICML 2017, section 2, equations 2 and 3; 15 bins as in their section 5.
    package static func expectedCalibrationError(
        confidences: [Double], correct: [Bool], bins: Int = 15
    ) -> Double? {
        precondition(confidences.count == correct.count && bins > 0)
        guard !confidences.isEmpty else { return nil }
        var confidenceSums = [Double](repeating: 0, count: bins)
        var correctCounts = [Double](repeating: 0, count: bins)
        for (confidence, isCorrect) in zip(confidences, correct) {
            let bin = min(max(Int((confidence * Double(bins)).rounded(.up)) - 1, 0), bins - 1)
            confidenceSums[bin] += confidence
            correctCounts[bin] += isCorrect ? 1 : 0
        }
        // |B|/n · |k/|B| − Σc/|B|| = |k − Σc| / n, so bin sizes cancel and an empty bin adds nothing.
        let gaps = zip(confidenceSums, correctCounts).reduce(0) { $0 + abs($1.1 - $1.0) }
        return gaps / Double(confidences.count)
    }
}
