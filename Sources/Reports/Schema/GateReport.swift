/// One demand of the manifest and what was measured: an entry of `gates` in `report.json`.
package struct GateReport: Codable, Sendable, Equatable {
    /// The slice it looks at.
    package var slice: String
    /// As the manifest names it, such as `accuracy`.
    package var metric: String
    /// The least that passes.
    package var min: Double?
    /// The most that passes.
    package var max: Double?
    /// What the adapter must do better than: `base`, `parent`, `champion` or `previous`.
    package var betterThan: String?
    /// What it must not do worse than.
    package var notWorseThan: String?
    /// What the adapter reached; absent when the slice or the metric was not measured.
    package var value: Double?
    /// What the other reached, of `better_than` or `not_worse_than`.
    package var reference: Double?
    /// Which model that was: `base`, or a version such as `tickets@16`; absent in reports of earlier lorads.
    package var referenceName: String?
    /// Both on the same rows; absent where a gate compares nothing, or figures alone.
    package var difference: PairedDifference?
    /// Whether the demand was met.
    package var passed: Bool
    /// Why it could not be judged, when it could not.
    package var reason: String?

    /// A judged gate.
    package init(
        slice: String, metric: String, min: Double? = nil, max: Double? = nil, betterThan: String? = nil,
        value: Double?, reference: Double? = nil, passed: Bool, reason: String? = nil
    ) {
        self.slice = slice
        self.metric = metric
        self.min = min
        self.max = max
        self.betterThan = betterThan
        self.value = value
        self.reference = reference
        self.passed = passed
        self.reason = reason
    }

    /// What the gate compares with; nil where it compares with nothing.
    package var comparedWith: String? { betterThan ?? notWorseThan }

    private enum CodingKeys: String, CodingKey {
        case slice, metric, min, max, value, reference, difference, passed, reason
        case betterThan = "better_than"
        case notWorseThan = "not_worse_than"
        case referenceName = "reference_name"
    }
}
