import Common

/// One mistake and where it stands.
package struct Diagnostic: Codable, Equatable, Sendable, Comparable, CustomStringConvertible {
    /// The file's name as the user gave it, or the option (`--set training.seed=x`) the mistake came in by.
    package let file: String
    /// Line, counted from 1; 0 where `file` is an option.
    package let line: Int
    /// Column in characters, counted from 1; 0 where `file` is an option, and for a row of data.
    package let column: Int
    /// One plain sentence: what was found, what was expected.
    package let message: String
    /// What led to it, where the message does not say it.
    package let cause: String?
    /// What to do next, where the message does not say it.
    package let advice: String?

    package init(
        file: String, line: Int, column: Int, message: String, cause: String? = nil, advice: String? = nil
    ) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
        self.cause = cause
        self.advice = advice
    }

    init(_ position: SourcePosition, _ message: String) {
        self.init(file: position.file, line: position.line, column: position.column, message: message)
    }

    /// `file:line:column: message`, the form editors jump to; `file:line: message` for a row of data.
    package var description: String {
        if line == 0 { return "\(file): \(message)" }
        return column == 0 ? "\(file):\(line): \(message)" : "\(file):\(line):\(column): \(message)"
    }

    package static func < (left: Diagnostic, right: Diagnostic) -> Bool {
        (left.file, left.line, left.column, left.message) < (right.file, right.line, right.column, right.message)
    }
}

extension Array: FaultMistakes where Element == Diagnostic {
    /// One line a mistake; cause and advice, which neighbours may have in common, follow the last that they are about.
    package var lines: [String] {
        indices.flatMap { index -> [String] in
            let mistake = self[index]
            let next = index + 1 < count ? self[index + 1] : nil
            let isLast = next == nil || next?.cause != mistake.cause || next?.advice != mistake.advice
            return [mistake.description] + (isLast ? [mistake.cause, mistake.advice].compactMap { $0 } : [])
        }
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
