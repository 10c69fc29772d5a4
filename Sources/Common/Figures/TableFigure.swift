import Foundation

/// Figures as people read them in a table or a line of a log: a fixed number of decimals, `–` where nothing was
/// measured.
package enum TableFigure {
    package static func text(_ value: Double?, decimals: Int) -> String {
        guard let value else { return "–" }
        guard value.isFinite else { return value.isNaN ? "nan" : "inf" }
        return String(format: "%.\(decimals)f", value)
    }

    /// A difference with its sign and three decimals.
    package static func change(from base: Double?, to adapter: Double?) -> String {
        guard let base, let adapter, (adapter - base).isFinite else { return "–" }
        return String(format: "%+.3f", adapter - base)
    }

    /// A share as per cent with one decimal.
    package static func percent(_ share: Double?) -> String { share.map { String(format: "%.1f%%", 100 * $0) } ?? "–" }
}
