/// Which of the states that training went through is published.
package struct BestCheckpoint: Section {
    /// What tells a better state from a worse one.
    package var metric = BestMetric.validationLoss
    /// The state that is published.
    package var keep = KeptCheckpoint.best

    package init() {}

    static let fields: [Field<BestCheckpoint>] = [
        .standard(
            "metric", \.metric, .choice(), standard: "`validation_loss`",
            "What is compared, measured every `validate_every` steps and after the last one."),
        .standard(
            "keep", \.keep, .choice(), standard: "`best`",
            "Publishes the adapter of the best step, or of the last one; the report names the better step."),
    ]
}

/// What tells a better checkpoint from a worse one.
package enum BestMetric: String, Sendable, CaseIterable, Codable {
    case validationLoss = "validation_loss"
}

/// The checkpoint that is published.
package enum KeptCheckpoint: String, Sendable, CaseIterable, Codable {
    case best, last
}
