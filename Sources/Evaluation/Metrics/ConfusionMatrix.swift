/// How often each class was predicted for each true class; what accuracy's relatives are computed from.
package struct ConfusionMatrix: Equatable, Sendable {
    /// `counts[truth][prediction]`
    package let counts: [[Int]]

    /// - Parameters:
    ///   - truths: the true class of each row, from 0 up to `classes`.
    ///   - predictions: what was predicted, in the same order.
    package init(truths: [Int], predictions: [Int], classes: Int) {
        precondition(truths.count == predictions.count)
        var counts = [[Int]](repeating: [Int](repeating: 0, count: classes), count: classes)
        for (truth, prediction) in zip(truths, predictions) { counts[truth][prediction] += 1 }
        self.counts = counts
    }

    /// Rows of each true class.
    var truthCounts: [Int] { counts.map { $0.reduce(0, +) } }
    /// Rows for which each class was predicted.
    var predictionCounts: [Int] { counts.indices.map { column in counts.reduce(0) { $0 + $1[column] } } }
    /// Rows in all.
    var total: Int { truthCounts.reduce(0, +) }
    /// Rows predicted rightly.
    var correct: Int { counts.indices.reduce(0) { $0 + counts[$1][$1] } }
}
