/// A model's figures on one slice. A figure that has no meaning there (no rows, no choices, running text) is nil.
package struct SliceMetrics: Codable, Equatable, Sendable {
    /// How many rows were scored.
    package let rows: Int
    /// How many tokens were scored; of a classification, rows.
    package let tokens: Int
    /// Mean −log p per scored token or row, in nats; of a regression the mean squared error.
    package let loss: Double?
    /// exp(loss).
    package let perplexity: Double?
    /// The share of rows that are right; see `RowScore.isCorrect`.
    package let accuracy: Double?
    /// Wilson's 95% interval for `accuracy`: its lower and upper end.
    package let accuracyInterval: [Double]?
    /// Expected calibration error over 15 bins of the softmax over choices, or classes.
    package let calibrationError: Double?
    /// Of classes: that of the second of two, the mean over more.
    package let f1: Double?
    /// Matthews' correlation of classes.
    package let matthews: Double?
    /// Pearson's correlation of a regression.
    package let pearson: Double?
    /// Spearman's correlation of a regression.
    package let spearman: Double?

    enum CodingKeys: String, CodingKey {
        case rows, tokens, loss, perplexity, accuracy, f1, matthews, pearson, spearman
        case accuracyInterval = "accuracy_interval"
        case calibrationError = "calibration_error"
    }

    init(_ scores: [RowScore], hasAccuracy: Bool) {
        rows = scores.count
        tokens = scores.reduce(0) { $0 + $1.tokens }
        loss = Metrics.meanLoss(
            negativeLogLikelihood: scores.reduce(0) { $0 + $1.negativeLogLikelihood }, tokens: tokens)
        perplexity = loss.flatMap(Metrics.perplexity(meanLoss:))
        let correct = scores.map(\.isCorrect)
        let interval = Metrics.wilsonInterval(successes: correct.count(where: { $0 }), trials: correct.count)
        accuracy = hasAccuracy ? Metrics.accuracy(correct) : nil
        accuracyInterval = hasAccuracy ? interval.map { [$0.lowerBound, $0.upperBound] } : nil
        let confidences = scores.compactMap(\.confidence)
        calibrationError =
            confidences.count == scores.count
            ? Metrics.expectedCalibrationError(confidences: confidences, correct: correct) : nil
        (f1, matthews, pearson, spearman) = (nil, nil, nil, nil)
    }
}
