import ForeignText
import Foundation
import Glibc

/// The only door to stdout and stderr: whatever a file, a model or a receiver had a say in reaches a terminal through
/// `ForeignText`, and one whose locale is not UTF-8 through `PlainCharacters`.
enum Terminal {
    /// One line on stderr, at once.
    static func error(_ line: String) { write(shown(ForeignText.line(line), STDERR_FILENO) + "\n", to: .standardError) }

    /// Lines on stdout, held back until the program ends where that is a pipe or a file.
    static func output(_ lines: String) { Swift.print(shown(ForeignText.block(lines), STDOUT_FILENO)) }

    /// The same at once, and as they end.
    static func outputNow(_ lines: String) {
        write(shown(ForeignText.block(lines), STDOUT_FILENO), to: .standardOutput)
    }

    /// Whether stdout is a terminal that shows colours, and nobody asked for none. https://no-color.org
    static var hasColour: Bool {
        let environment = ProcessInfo.processInfo.environment
        let terminal = environment["TERM"] ?? ""
        return isatty(STDOUT_FILENO) == 1 && environment["NO_COLOR"].map(\.isEmpty) ?? true && !terminal.isEmpty
            && terminal != "dumb"
    }

    /// Bytes on stdout as they are, for a program that reads them.
    static func outputUnchanged(_ text: String) { Swift.print(text) }

    /// Parts that each went through `ForeignText`, and lorad's own colours between them, on stdout.
    static func outputMarked(_ text: String) { Swift.print(shown(text, STDOUT_FILENO)) }

    /// Text of lorad's own on stderr that moves the cursor.
    static func control(_ text: String) { write(text, to: .standardError) }

    /// The same on stdout.
    static func controlOutput(_ text: String) { write(text, to: .standardOutput) }

    /// Whether stdout is a terminal.
    static var isOutput: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Columns of the terminal that stdout is; nil where it is none.
    static var outputColumns: Int? { isOutput ? size(of: STDOUT_FILENO)?.columns ?? 80 : nil }

    /// Of the terminal behind a descriptor; nil where that cannot be told.
    static func size(of descriptor: Int32) -> (columns: Int, rows: Int)? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    private static func shown(_ text: String, _ descriptor: Int32) -> String {
        guard isatty(descriptor) == 1, !ProgressBar.isUTF8(ProcessInfo.processInfo.environment) else { return text }
        return PlainCharacters.of(text)
    }

    private static func write(_ text: String, to file: FileHandle) { file.write(Data(text.utf8)) }
}
