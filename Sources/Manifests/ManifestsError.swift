import Foundation

/// A manifest or configuration that cannot be read.
package struct ManifestsError: LocalizedError, Equatable, Sendable {
    /// What kind of fault it is; callers branch on this, people read `message`.
    package enum Code: String, Sendable {
        /// There is no such file.
        case missing
        /// The file is there and cannot be read (permissions, not a regular file).
        case unreadable
        /// The file was read and holds mistakes: see `diagnostics`.
        case invalid
        /// A path leaves the folders that jobs may use.
        case forbidden
    }

    /// What kind of fault it is.
    package let code: Code
    /// One plain sentence that says what is wrong.
    package let message: String
    /// What led to it, where known.
    package let cause: String?
    /// What to do next.
    package let advice: String?
    /// Every mistake found, sorted by place; empty unless the code is `invalid`.
    package let diagnostics: [Diagnostic]

    package init(
        _ code: Code, _ message: String, cause: String? = nil, advice: String? = nil, diagnostics: [Diagnostic] = []
    ) {
        self.code = code
        self.message = message
        self.cause = cause
        self.advice = advice
        self.diagnostics = diagnostics
    }

    /// The mistakes of one text as an error: a single mistake is the message, several are counted and listed as cause.
    package init(mistakesIn file: String, _ diagnostics: [Diagnostic]) {
        let lines = diagnostics.map(\.description)
        if lines.count == 1 {
            self.init(.invalid, lines[0], diagnostics: diagnostics)
        } else {
            self.init(
                .invalid, "\(file) has \(lines.count) mistakes.", cause: lines.joined(separator: "\n"),
                diagnostics: diagnostics)
        }
    }

    package var errorDescription: String? { message }
    package var failureReason: String? { cause }
    package var recoverySuggestion: String? { advice }
}
