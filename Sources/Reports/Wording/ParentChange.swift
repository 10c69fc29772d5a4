/// What the adapter changed of the one that it went on from.
enum ParentChange {
    /// By the figure that tells most: accuracy, Pearson's correlation, or the loss. Nil where there is no parent's.
    static func of(_ slice: SliceReport) -> MetricChange? {
        guard let parent = slice.parent else { return nil }
        let metric = slice.adapter.accuracy != nil ? "accuracy" : slice.adapter.pearson != nil ? "pearson" : "loss"
        guard let before = parent.value(metric), let after = slice.adapter.value(metric) else { return nil }
        return MetricChange(
            slice: slice.name, metric: metric, before: before, after: after, comparison: slice.parentComparison)
    }
}
