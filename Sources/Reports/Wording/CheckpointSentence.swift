import Common
import ForeignText

/// Which step's adapter this is, in a sentence or two.
package enum CheckpointSentence {
    /// Nil where nothing was validated.
    package static func render(_ training: TrainingReport) -> String? {
        guard let best = training.best else { return nil }
        let metric = spelled(best.metric)
        func at(_ step: Int, _ value: Double) -> String {
            "\(FigureFormat.fixed(value)) after step \(FigureFormat.count(step))"
        }
        guard best.value.isFinite else {
            return "The adapter is that of the last step: after none that was validated had the \(metric) a value."
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

    /// A metric of a slice is told as such.
    private static func spelled(_ metric: String) -> String {
        guard let dot = metric.lastIndex(of: ".") else { return metric.replacingOccurrences(of: "_", with: " ") }
        let slice = metric[..<dot]
        let name = metric[metric.index(after: dot)...].replacingOccurrences(of: "_", with: " ")
        return "\(name) on the validation " + (slice == "all" ? "rows" : "slice \(ForeignText.line(String(slice)))")
    }
}
