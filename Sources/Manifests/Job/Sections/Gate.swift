/// A condition that a run must meet to be published.
package struct Gate: Section {
    /// The slice judged; `all` holds every row.
    package var slice = "all"
    /// What is measured on the slice.
    package var metric = GateMetric.loss
    /// The adapter's metric must be at least this.
    package var min: Double?
    /// The adapter's metric must be at most this.
    package var max: Double?
    /// The adapter must be better than this on the same slice: than the base strictly, than another adapter by more than
    /// chance.
    package var betterThan: GateReference?
    /// The adapter must not be worse than this on the same slice by more than chance.
    package var notWorseThan: GateReference?

    static let fields: [Field<Gate>] = [
        .standard(
            "slice", \.slice, .text("slice name", example: "all", limit: 256), standard: "`all`",
            "A value of `evaluation.slice_by`, or `all`."),
        .required(
            "metric", \.metric, .choice(),
            missing: "name one of \(GateMetric.allCases.map(\.rawValue).joined(separator: ", "))",
            "What is measured."),
        .optional(
            "min", \.min, .number(NumberBounds(), example: "0.75"), absent: "no bound",
            "The adapter's value must be at least this."),
        .optional(
            "max", \.max, .number(NumberBounds(), example: "0.2"), absent: "no bound",
            "The adapter's value must be at most this."),
        .optional(
            "better_than", \.betterThan, .choice(), absent: "not compared",
            "The adapter must be better than this on the same rows: than the `base` strictly, than the adapter that "
                + "it went on from (`parent`), the `champion` or the `previous` one by more than chance (p < 0.05)."),
        .optional(
            "not_worse_than", \.notWorseThan, .choice(), absent: "not compared",
            "The adapter must not be worse than this on the same rows by more than chance (p < 0.05)."),
    ]

    /// What the adapter is held against; nil where it stands for itself.
    package var reference: GateReference? { betterThan ?? notWorseThan }

    static func check(_ gate: inout Gate, _ node: YAMLNode, _ context: inout ReadingContext, _ path: String) {
        if ["min", "max", "better_than", "not_worse_than"].allSatisfy({ node[$0] == nil }) {
            context.diagnostics.add(
                node.position,
                "\(path.dropLast()) states no bound; give it min, max, better_than: base or not_worse_than: champion")
        }
        if gate.betterThan != nil, gate.notWorseThan != nil,
            let second = node.later(of: "better_than", "not_worse_than")
        {
            context.diagnostics.add(
                second.position,
                "\(path.dropLast()) has both better_than and not_worse_than; give each a gate of its own")
        }
        for (key, reference) in [("better_than", gate.betterThan), ("not_worse_than", gate.notWorseThan)] {
            let isTested = key == "not_worse_than" || reference != .base
            guard let reference, isTested, !GateMetric.tested.contains(gate.metric), node["metric"] != nil,
                let written = node[key]
            else { continue }
            context.diagnostics.add(
                written.position,
                "\(path)\(key) \(reference.rawValue) needs a metric that rows are tested by: "
                    + "\(GateMetric.tested.map(\.rawValue).joined(separator: ", ")), not \(gate.metric.rawValue)")
        }
        if let min = gate.min, let max = gate.max, min > max, let second = node.later(of: "min", "max") {
            context.diagnostics.add(
                second.position, "\(path)min \(NumberBounds.text(min)) is above \(path)max \(NumberBounds.text(max))")
        }
        guard node["metric"] != nil else { return }
        for (key, bound) in [("min", gate.min), ("max", gate.max)] {
            guard let bound, !gate.metric.range.contains(bound), let entry = node.entry(key) else { continue }
            let range = gate.metric.range
            let words =
                range.upperBound == .infinity
                ? "at least \(NumberBounds.text(range.lowerBound))"
                : "between \(NumberBounds.text(range.lowerBound)) and \(NumberBounds.text(range.upperBound))"
            context.diagnostics.add(
                entry.value.position,
                "\(path)\(key) is \(NumberBounds.text(bound)); \(gate.metric.rawValue) is always \(words)")
        }
    }
}

/// What a gate measures on a slice.
package enum GateMetric: String, Sendable, CaseIterable, Codable {
    case loss, perplexity, accuracy
    case calibrationError = "calibration_error"
    case f1, matthews, pearson, spearman

    /// The values the metric can take.
    package var range: ClosedRange<Double> {
        switch self {
        case .loss: 0...Double.infinity
        case .perplexity: 1...Double.infinity
        case .accuracy, .calibrationError, .f1: 0...1
        case .matthews, .pearson, .spearman: -1...1
        }
    }

    /// Those that rows tell one by one, so that two models can be told apart by the rows that both were scored on.
    package static let tested: [GateMetric] = [.accuracy, .loss, .perplexity]

    /// Whether a higher value is the better one.
    package var higherIsBetter: Bool {
        switch self {
        case .loss, .perplexity, .calibrationError: false
        case .accuracy, .f1, .matthews, .pearson, .spearman: true
        }
    }

    /// What rows must be for the metric to be measured on them.
    var needs: Need? {
        switch self {
        case .loss: nil
        case .perplexity: .language
        case .accuracy: .notRegression
        case .calibrationError: .classesOrChoices
        case .f1, .matthews: .classes
        case .pearson, .spearman: .regression
        }
    }

    enum Need { case language, notRegression, classesOrChoices, classes, regression }
}

/// What a gate compares the adapter with.
package enum GateReference: String, Sendable, CaseIterable, Codable {
    case base
    /// The adapter that it went on from.
    case parent
    /// Where the name's alias `champion` led when the job began; the base where it led nowhere.
    case champion
    /// The same of `previous`.
    case previous

    /// Those that are adapters.
    package static let adapters: [GateReference] = [.parent, .champion, .previous]
}
