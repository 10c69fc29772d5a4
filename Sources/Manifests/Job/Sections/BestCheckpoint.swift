import Common

/// Which of the states that training went through is published.
package struct BestCheckpoint: Section {
    /// What tells a better state from a worse one.
    package var metric = BestMetric.validationLoss
    /// The state that is published.
    package var keep = KeptCheckpoint.best

    package init() {}

    static let fields: [Field<BestCheckpoint>] = [
        .standard(
            "metric", \.metric, .bestMetric, standard: "`validation_loss`",
            "What is compared, measured every `validate_every` steps and after the last one: the validation loss, or a "
                + "slice's metric, as gates name them, on the rows of `dataset.validation`."),
        .standard(
            "keep", \.keep, .choice(), standard: "`best`",
            "Publishes the adapter of the best step, or of the last one; the report names the better step."),
    ]
}

/// What tells a better checkpoint from a worse one.
package enum BestMetric: Sendable, Equatable {
    case validationLoss
    /// A metric on a slice of the validation rows, or on `all` of them.
    case slice(String, GateMetric)

    static let validationLossName = "validation_loss"

    /// As a manifest and a report spell it: `validation_loss`, or the slice, a dot, and the metric.
    package var name: String {
        switch self {
        case .validationLoss: Self.validationLossName
        case .slice(let slice, let metric): "\(slice).\(metric.rawValue)"
        }
    }

    /// The slice and the metric on it; nil of the validation loss.
    package var ofSlice: (slice: String, metric: GateMetric)? {
        if case .slice(let slice, let metric) = self { (slice, metric) } else { nil }
    }

    /// Of the text in a manifest, where a slice may have dots in its name; nil where it is none.
    init?(_ text: String) {
        if text == Self.validationLossName {
            self = .validationLoss
            return
        }
        guard let dot = text.lastIndex(of: "."), dot > text.startIndex,
            let metric = GateMetric(rawValue: String(text[text.index(after: dot)...]))
        else { return nil }
        self = .slice(String(text[..<dot]), metric)
    }

    /// What is wrong with a text that is none, with the closest that is one.
    static func fault(_ text: String) -> String? {
        guard BestMetric(text) == nil else { return nil }
        let metrics = GateMetric.allCases.map(\.rawValue)
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let slice = parts.count > 1 && !parts[0].isEmpty ? parts.dropLast().joined(separator: ".") : "all"
        let named = metrics.map { "\(slice).\($0)" }
        let metric = Suggestion.closest(to: String(parts.last ?? ""), among: metrics).map { "\(slice).\($0)" }
        let close = Suggestion.closest(to: text, among: [validationLossName]) ?? metric
        return "is \(Shown.quoted(text)); expected \(validationLossName), or a slice and a metric, such as \(named[0])"
            + (close.map { "; did you mean \($0)?" } ?? "; metrics are \(metrics.joined(separator: ", "))")
    }
}

extension Kind where Value == BestMetric {
    /// `validation_loss`, or `SLICE.METRIC`.
    static var bestMetric: Kind<BestMetric> {
        let text = Kind<String>.text("metric", example: "all.accuracy", limit: 512, rule: BestMetric.fault)
        return Kind(
            type: "`validation_loss`, or a slice, a dot and a metric",
            expectation: "validation_loss, or a slice and a metric, such as all.accuracy",
            read: { node, context, path in text.read(node, &context, path).flatMap(BestMetric.init) },
            write: { text.write($0.name) })
    }
}

/// The checkpoint that is published.
package enum KeptCheckpoint: String, Sendable, CaseIterable, Codable {
    case best, last
}
