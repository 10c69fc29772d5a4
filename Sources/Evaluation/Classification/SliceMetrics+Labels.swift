import Datasets

extension SliceMetrics {
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
