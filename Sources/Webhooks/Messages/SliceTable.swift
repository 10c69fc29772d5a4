import Common
import ForeignText
import Foundation
import JobReports
import Ledger

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
                ForeignText.cut(ForeignText.line(slice.name), to: 24), String(slice.rows),
                TableFigure.text(base, decimals: 3),
                TableFigure.text(adapter, decimals: 3), TableFigure.change(from: base, to: adapter),
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

    /// As it may stand in `place`, in at most `limit` UTF-16 units: whole lines from the top, then one that says how many
    /// are missing. Empty where not even the header fits.
    package func text(in place: ChatPlace, limit: Int) -> String {
        let escaped = ([header] + lines).map { ForeignText.forChat($0, place, limit: .max) }
        let whole = escaped.joined(separator: "\n")
        if whole.utf16.count <= limit { return whole }
        // Room for the last line, whatever the count in it.
        var left = limit - 32
        let kept = escaped.prefix { line in
            left -= line.utf16.count + 1
            return left >= 0
        }
        guard !kept.isEmpty else { return "" }
        let missing = escaped.count - kept.count
        return (kept + ["… \(missing) more \(missing == 1 ? "slice" : "slices")"]).joined(separator: "\n")
    }
}
