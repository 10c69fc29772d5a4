import Common

/// Which step's adapter this is, in a sentence or two.
package enum CheckpointSentence {
    /// Nil where nothing was validated.
    package static func render(_ training: TrainingReport) -> String? {
        guard let best = training.best else { return nil }
        let metric = best.metric.replacingOccurrences(of: "_", with: " ")
        func at(_ step: Int, _ value: Double) -> String {
            "\(FigureFormat.fixed(value)) after step \(FigureFormat.count(step))"
        }
        let last = at(best.lastStep, best.lastValue)
        if best.keptStep != best.lastStep {
            return "The adapter is that of step \(FigureFormat.count(best.keptStep)), which had the best \(metric): "
                + "\(FigureFormat.fixed(best.value)), and \(last), the last."
        }
        guard best.beatsLast else { return "The adapter is that of the last step, which had the best \(metric)." }
        return "The adapter is that of the last step. Step \(FigureFormat.count(best.step)) was better: its \(metric) "
            + "was \(FigureFormat.fixed(best.value)), and \(last). With training.best: {keep: best} in the manifest "
            + "the adapter of the better step is published."
    }
}
