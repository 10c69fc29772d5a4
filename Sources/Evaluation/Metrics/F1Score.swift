extension Metrics {
    /// F1 of two classes, as GLUE states it for MRPC and QQP, is that of the second class, the "positive" one; of more
    /// classes it is the unweighted mean over those that occur ("macro"). nil for no rows.
    ///
    /// F1 of a class = 2·TP / (2·TP + FP + FN), the harmonic mean of precision and recall; 0 where it is neither true nor
    /// predicted anywhere. References: van Rijsbergen, "Information Retrieval", chapter 7; Wang et al., "GLUE",
    /// https://arxiv.org/abs/1804.07461, section 3; as scikit-learn's `f1_score`.
    package static func f1(_ matrix: ConfusionMatrix) -> Double? {
        guard matrix.total > 0 else { return nil }
        let (truths, predictions) = (matrix.truthCounts, matrix.predictionCounts)
        func score(_ index: Int) -> Double {
            let both = truths[index] + predictions[index]
            return both == 0 ? 0 : 2 * Double(matrix.counts[index][index]) / Double(both)
        }
        if matrix.counts.count == 2 { return score(1) }
        let occurring = matrix.counts.indices.filter { truths[$0] + predictions[$0] > 0 }
        return occurring.reduce(0) { $0 + score($1) } / Double(occurring.count)
    }
}
