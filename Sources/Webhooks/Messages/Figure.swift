import Foundation

/// Figures as people read them in a table.
package enum Figure {
    /// `–` for nil, `nan` and `inf` for what is no number.
    package static func text(_ value: Double?, decimals: Int) -> String {
        guard let value else { return "–" }
        guard value.isFinite else { return value.isNaN ? "nan" : "inf" }
        return String(format: "%.\(decimals)f", value)
    }

    /// With its sign; `–` where either is missing or is no number.
    package static func change(from base: Double?, to adapter: Double?) -> String {
        guard let base, let adapter, (adapter - base).isFinite else { return "–" }
        return String(format: "%+.3f", adapter - base)
    }
}
