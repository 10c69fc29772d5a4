import Common
import ForeignText
import Foundation

/// What goes to stdout.
package enum Output {
    /// One JSON document with sorted keys, and nothing else.
    static func json(_ value: some Encodable) throws { Terminal.output(try text(value)) }

    /// The same at once: a line is held back until the program ends where stdout is a pipe or a file.
    static func jsonNow(_ value: some Encodable) throws { Terminal.outputNow(try text(value) + "\n") }

    /// One line for people; `--json` gives names and paths as they are.
    static func line(_ line: String) { Terminal.output(ForeignText.line(line)) }

    /// The same at once.
    static func lineNow(_ line: String) { Terminal.outputNow(ForeignText.line(line) + "\n") }

    /// A table for people, as wide as the terminal allows.
    static func table(_ columns: [TextTable.Column], _ rows: [[String]]) {
        for text in TextTable(columns, rows).lines(width: Terminal.outputColumns) { line(text) }
    }

    /// Lines for people; tabs stay.
    static func block(_ lines: String) { Terminal.output(lines) }

    /// The same at once, and as they end.
    static func blockNow(_ lines: String) { Terminal.outputNow(lines) }

    /// What a model wrote: to a file or a program as it is, to a terminal as it may be shown there.
    static func generated(_ text: String) {
        if isatty(STDOUT_FILENO) == 1 { Terminal.output(text) } else { Terminal.outputUnchanged(text) }
    }

    /// A text of which parts are marked: by colour on a terminal that has any, else in ⟦ ⟧.
    ///
    /// - Parameter limit: of characters that are shown.
    static func marked(_ spans: [(text: String, isMarked: Bool)], limit: Int) {
        let isColoured = Terminal.hasColour
        var left = limit
        let shown = spans.map { span -> String in
            let part = ForeignText.block(ForeignText.beginning(of: span.text, left).text)
            left -= min(left, span.text.unicodeScalars.count)
            guard span.isMarked, !part.isEmpty else { return part }
            return isColoured ? "\u{1B}[1;32m\(part)\u{1B}[0m" : "⟦\(part)⟧"
        }
        let isCut = spans.reduce(0) { $0 + $1.text.unicodeScalars.count } > limit
        // Every part went through ForeignText already.
        Terminal.outputMarked(shown.joined() + (isCut ? " …" : ""))
    }

    /// A value as `--json` prints it. Characters that a terminal would obey or hide are escapes, which a reader of JSON
    /// takes for the same; JSON has no number for NaN and the infinities, and a figure that is none is no reason to print
    /// nothing: they are words.
    package static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONCoding.encoder(.line)
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return ForeignText.forJSON(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}
