/// What the adapter changed of a published one that it was held against.
enum ComparedChange {
    /// By the figure that tells most: accuracy, Pearson's correlation, or the loss. Nil where there is no such adapter.
    ///
    /// - Parameter role: `parent`, `champion` or `previous`.
    static func of(_ slice: SliceReport, from role: String) -> MetricChange? {
        guard let (other, comparison) = slice.other(role) else { return nil }
        let metric = slice.adapter.accuracy != nil ? "accuracy" : slice.adapter.pearson != nil ? "pearson" : "loss"
        guard let before = other.value(metric), let after = slice.adapter.value(metric) else { return nil }
        return MetricChange(
            slice: slice.name, metric: metric, before: before, after: after, comparison: comparison)
    }
}

extension SliceReport {
    /// How another adapter did, and both on the same rows.
    func other(_ role: String) -> (score: SliceScore, comparison: ComparisonReport?)? {
        switch role {
        case "parent": parent.map { ($0, parentComparison) }
        case "champion": champion.map { ($0, championComparison) }
        case "previous": previous.map { ($0, previousComparison) }
        default: nil
        }
    }
}
