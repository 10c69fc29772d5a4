import Foundation
import Glibc
import JobReports

/// One line at the foot of a terminal that is written over and over: a bar, and as many words as fit beside it.
package struct ProgressBar: Sendable {
    private static let width = 20

    /// Whether the bar may be drawn with block characters; where the locale's characters are not UTF-8 it is ASCII.
    private let hasBlocks: Bool
    /// Columns of the terminal now.
    private let columns: @Sendable () -> Int
    private let write: @Sendable (String) -> Void

    package init(
        hasBlocks: Bool, columns: @escaping @Sendable () -> Int,
        write: @escaping @Sendable (String) -> Void = { Terminal.control($0) }
    ) {
        self.hasBlocks = hasBlocks
        self.columns = columns
        self.write = write
    }

    /// For stderr; nil where that is no terminal, or one that cannot go back to the beginning of its line.
    static func onTerminal(environment: [String: String] = ProcessInfo.processInfo.environment) -> ProgressBar? {
        guard isatty(STDERR_FILENO) == 1, movesCursor(environment) else { return nil }
        return ProgressBar(hasBlocks: isUTF8(environment), columns: { Terminal.size(of: STDERR_FILENO)?.columns ?? 80 })
    }

    /// Whether the terminal obeys what clears a line: `TERM=dumb` does not, nor does one that says nothing of itself.
    package static func movesCursor(_ environment: [String: String]) -> Bool {
        guard let term = environment["TERM"] else { return false }
        return !term.isEmpty && term != "dumb"
    }

    /// Whether the locale's characters are UTF-8, by the first of the variables that is set, see locale(7).
    package static func isUTF8(_ environment: [String: String]) -> Bool {
        let name = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? "C"
        let plain = name.lowercased().filter { $0 != "-" }
        return plain.contains("utf8")
    }

    /// - Parameter title: whose progress it is, where that is not plain.
    package func show(_ progress: StageProgress, of title: String? = nil) {
        write("\r" + line(progress, of: title) + "\u{1B}[K")
    }

    /// Clears what `show` wrote.
    func clear() { write("\r\u{1B}[K") }

    /// What is shown, one column short of the terminal's edge so that no line breaks: the words in full where they fit,
    /// else the place and the time left, and the bar only where there is room for it.
    package func line(_ progress: StageProgress, of title: String? = nil) -> String {
        let room = max(1, columns() - 1)
        let stage = [title, progress.stage.rawValue].compactMap(\.self).joined(separator: " ")
        let short = [progress.place, progress.timeLeft].compactMap(\.self).joined(separator: ", ")
        for words in ["\(stage) \(progress.words)", "\(stage) \(short)"]
        where Self.width + 1 + words.count <= room { return bar(progress) + " " + words }
        for words in ["\(stage) \(short)", "\(stage) \(progress.place)"] where words.count <= room { return words }
        return String("\(stage) \(progress.place)".prefix(room))
    }

    private func bar(_ progress: StageProgress) -> String {
        let share = Double(progress.done) / Double(max(1, progress.total))
        let filled = Int(Double(Self.width) * min(1, max(0, share)))
        let (done, left) = hasBlocks ? ("█", "░") : ("#", "-")
        return String(repeating: done, count: filled) + String(repeating: left, count: Self.width - filled)
    }
}
