/// Order statistics of a few measurements.
package enum Statistics {
    /// The value below which `share` of the sorted values lie, interpolated; nil of none.
    package static func percentile(_ values: [Double], _ share: Double) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let position = share * Double(sorted.count - 1)
        let lower = Int(position)
        let upper = min(lower + 1, sorted.count - 1)
        return sorted[lower] + (sorted[upper] - sorted[lower]) * (position - Double(lower))
    }

    package static func median(_ values: [Double]) -> Double? { percentile(values, 0.5) }
}
