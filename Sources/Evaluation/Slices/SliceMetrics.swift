import Tokenizers

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

    /// Of rows that are classified or regressed on: the loss is the mean over rows.
    init(_ scores: [SequenceScore], labels: SequenceLabels) {
        rows = scores.count
        tokens = scores.count
        loss = scores.isEmpty ? nil : scores.reduce(0) { $0 + $1.loss } / Double(scores.count)
        perplexity = nil
        guard case .classes(let names) = labels else {
            let (found, wanted) = (scores.map(\.value), scores.compactMap(\.ownValue))
            pearson = Metrics.pearson(found, wanted)
            spearman = Metrics.spearman(found, wanted)
            (accuracy, accuracyInterval, calibrationError, f1, matthews) = (nil, nil, nil, nil, nil)
            return
        }
        let (found, wanted) = (scores.map(\.label), scores.compactMap(\.ownLabel))
        let correct = zip(found, wanted).map { $0 == $1 }
        let matrix = ConfusionMatrix(truths: wanted, predictions: found, classes: names.count)
        accuracy = Metrics.accuracy(correct)
        accuracyInterval = Metrics.wilsonInterval(successes: correct.count(where: { $0 }), trials: correct.count)
            .map { [$0.lowerBound, $0.upperBound] }
        calibrationError = Metrics.expectedCalibrationError(confidences: scores.map(\.confidence), correct: correct)
        f1 = Metrics.f1(matrix)
        matthews = Metrics.matthews(matrix)
        (pearson, spearman) = (nil, nil)
    }
}
