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
    /// `base`: the adapter must do better than the base does.
    package var betterThan: String?
    /// What the adapter reached; absent when the slice or the metric was not measured.
    package var value: Double?
    /// What `better_than` was held against.
    package var reference: Double?
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

    private enum CodingKeys: String, CodingKey {
        case slice, metric, min, max, value, reference, passed, reason
        case betterThan = "better_than"
    }
}
