import ForeignText
import Foundation

/// The only door to stdout and stderr: whatever a file, a model or a receiver had a say in reaches a terminal through
/// `ForeignText`.
enum Terminal {
    /// One line on stderr, at once.
    static func error(_ line: String) { write(ForeignText.line(line) + "\n", to: .standardError) }

    /// Lines on stdout, held back until the program ends where that is a pipe or a file.
    static func output(_ lines: String) { Swift.print(ForeignText.block(lines)) }

    /// The same at once, and as they end.
    static func outputNow(_ lines: String) { write(ForeignText.block(lines), to: .standardOutput) }

    /// Whether stdout is a terminal that shows colours, and nobody asked for none. https://no-color.org
    static var hasColour: Bool {
        let environment = ProcessInfo.processInfo.environment
        let terminal = environment["TERM"] ?? ""
        return isatty(STDOUT_FILENO) == 1 && environment["NO_COLOR"].map(\.isEmpty) ?? true && !terminal.isEmpty
            && terminal != "dumb"
    }

    /// Bytes on stdout as they are, for a program that reads them.
    static func outputUnchanged(_ text: String) { Swift.print(text) }

    /// Text of lorad's own on stderr that moves the cursor.
    static func control(_ text: String) { write(text, to: .standardError) }

    private static func write(_ text: String, to file: FileHandle) { file.write(Data(text.utf8)) }
}
