/// Which of the steps that were validated was the best, and which one's adapter this is: `training.best` in `report.json`.
package struct CheckpointReport: Codable, Sendable, Equatable {
    /// What was compared, as the manifest names it.
    package var metric: String
    /// The best step, the first one of equals.
    package var step: Int
    /// The metric after it.
    package var value: Double
    /// The last step.
    package var lastStep: Int
    /// The metric after that.
    package var lastValue: Double
    /// The step whose adapter this is.
    package var keptStep: Int

    /// What was found after which steps.
    package init(metric: String, step: Int, value: Double, lastStep: Int, lastValue: Double, keptStep: Int) {
        self.metric = metric
        self.step = step
        self.value = value
        self.lastStep = lastStep
        self.lastValue = lastValue
        self.keptStep = keptStep
    }

    /// Whether the best step did better than the last one; equals are told apart by their order alone.
    package var beatsLast: Bool { step != lastStep && value != lastValue }

    private enum CodingKeys: String, CodingKey {
        case metric, step, value
        case lastStep = "last_step"
        case lastValue = "last_value"
        case keptStep = "kept_step"
    }
}
