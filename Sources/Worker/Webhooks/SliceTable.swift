import Foundation

/// Slices before and after as monospace text: accuracy where the slices have one, else loss.
///
///     slice    rows   base  adapter  change
///     all       500  0.803    0.893  +0.090
package struct SliceTable: Sendable {
    private let header: String
    private let lines: [String]

    package init(_ slices: [JobSummary.Slice]) {
        let accuracy = slices.contains { $0.base.accuracy != nil || $0.adapter.accuracy != nil }
        let rows = slices.map { slice in
            let base = accuracy ? slice.base.accuracy : slice.base.loss
            let adapter = accuracy ? slice.adapter.accuracy : slice.adapter.loss
            return [
                Truncation.cut(SingleLine.of(slice.name), to: 24), String(slice.rows), Figure.text(base, decimals: 3),
                Figure.text(adapter, decimals: 3), Figure.change(from: base, to: adapter),
            ]
        }
        let metric = accuracy ? "accuracy" : "loss"
        let titles = [metric, "rows", "base", "adapter", "change"]
        let widths = titles.indices.map { column in ([titles] + rows).map { $0[column].count }.max() ?? 0 }
        func line(_ cells: [String]) -> String {
            cells.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + padding : padding + cell
            }
            .joined(separator: "  ")
        }
        header = line(titles)
        lines = rows.map(line)
    }

    /// At most `limit` UTF-16 units: whole lines from the top, then a line that says how many are missing.
    package func text(limit: Int, escaping: (String) -> String = { $0 }) -> String {
        for kept in stride(from: lines.count, through: 0, by: -1) {
            let missing = lines.count - kept
            let tail = missing == 0 ? [] : ["… \(missing) more \(missing == 1 ? "slice" : "slices")"]
            let text = ([header] + lines.prefix(kept) + tail).map(escaping).joined(separator: "\n")
            if text.utf16.count <= limit { return text }
        }
        return ""
    }
}

/// Figures as people read them in a table.
enum Figure {
    static func text(_ value: Double?, decimals: Int) -> String {
        guard let value else { return "–" }
        guard value.isFinite else { return value.isNaN ? "nan" : "inf" }
        return String(format: "%.\(decimals)f", value)
    }

    static func change(from base: Double?, to adapter: Double?) -> String {
        guard let base, let adapter, (adapter - base).isFinite else { return "–" }
        return String(format: "%+.3f", adapter - base)
    }
}
