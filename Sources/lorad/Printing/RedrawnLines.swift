import ForeignText
import Foundation

/// Lines on a terminal that are written over and over, in the same place.
package final class RedrawnLines {
    private var count = 0

    /// Shows lines in the place of those that were shown before, as many as the terminal has room for.
    func show(_ lines: [String]) {
        let shown = Self.fitting(lines, Terminal.size(of: STDOUT_FILENO) ?? (columns: 80, rows: 24))
        // Up to where the last ones began, and everything from there on cleared.
        let back = count > 0 ? "\u{1B}[\(count)A" : ""
        Terminal.controlOutput(back + "\r\u{1B}[J")
        for line in shown { Terminal.outputNow(line + "\n") }
        count = shown.count
    }

    /// As many lines as there are rows, less the one that the cursor waits on; each in one row, since what wraps takes two
    /// and would be left behind when the lines are written over.
    package static func fitting(_ lines: [String], _ size: (columns: Int, rows: Int)) -> [String] {
        lines.prefix(max(1, size.rows - 1)).map { String(ForeignText.line($0).prefix(max(1, size.columns))) }
    }
}
