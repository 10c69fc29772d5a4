/// One mistake and where it stands.
package struct Diagnostic: Codable, Equatable, Sendable, Comparable, CustomStringConvertible {
    /// The file's name as the user gave it, or the option (`--set training.seed=x`) the mistake came in by.
    package let file: String
    /// Line, counted from 1; 0 where `file` is an option.
    package let line: Int
    /// Column in characters, counted from 1; 0 where `file` is an option.
    package let column: Int
    /// One plain sentence: what was found, what was expected.
    package let message: String

    package init(file: String, line: Int, column: Int, message: String) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
    }

    init(_ position: SourcePosition, _ message: String) {
        self.init(file: position.file, line: position.line, column: position.column, message: message)
    }

    /// `file:line:column: message`, the form editors jump to.
    package var description: String {
        line == 0 ? "\(file): \(message)" : "\(file):\(line):\(column): \(message)"
    }

    package static func < (left: Diagnostic, right: Diagnostic) -> Bool {
        (left.file, left.line, left.column, left.message) < (right.file, right.line, right.column, right.message)
    }
}

/// A place in a text.
package struct SourcePosition: Equatable, Sendable {
    /// The file's name, or the option that brought the value.
    package let file: String
    /// Counted from 1; 0 for an option.
    package let line: Int
    /// In characters, counted from 1; 0 for an option.
    package let column: Int

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// Whether this place comes after `other` in the same text; places in different texts have no order.
    func follows(_ other: SourcePosition) -> Bool {
        file == other.file && (line, column) > (other.line, other.column)
    }
}
