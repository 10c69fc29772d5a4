import ForeignText
import Foundation

/// Lines on a terminal that are written over and over, in the same place.
final class RedrawnLines {
    private var count = 0

    /// Shows lines in the place of those that were shown before, as many as the terminal has room for.
    func show(_ lines: [String]) {
        let rows = Terminal.size(of: STDOUT_FILENO)?.rows ?? 24
        let shown = lines.prefix(max(1, rows - 1))
        // Up to where the last ones began, and everything from there on cleared.
        let back = count > 0 ? "\u{1B}[\(count)A" : ""
        Terminal.controlOutput(back + "\r\u{1B}[J")
        for line in shown { Terminal.outputNow(ForeignText.line(line) + "\n") }
        count = shown.count
    }
}
