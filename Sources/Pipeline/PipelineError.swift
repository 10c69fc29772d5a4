import Foundation
import Manifests

/// A job that was refused or failed; the code decides the exit status.
package struct PipelineError: LocalizedError, Equatable, Sendable {
    /// What kind of fault it is; callers branch on this, people read `message`.
    package enum Code: String, Sendable {
        case rejected
        case failed
        case missing
        case interrupted
        case unwritable
        /// Another process has the lock of what is to be written.
        case locked
        /// A disk has less room than the job needs.
        case noSpace
    }

    package let code: Code
    /// One plain sentence that says what is wrong.
    package let message: String
    /// What led to it, where known.
    package let cause: String?
    /// What to do next.
    package let advice: String?
    /// Every mistake of a job that was refused for its files or names, sorted by place; empty for any other fault.
    package let mistakes: [Diagnostic]

    package init(_ code: Code, _ message: String, cause: String? = nil, advice: String? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
        self.advice = advice
        mistakes = []
    }

    /// A job refused for what is wrong with its files and names: a single mistake is the message, several are counted,
    /// and listed as the cause.
    package init(mistakesIn manifest: String, _ mistakes: [Diagnostic]) {
        code = .rejected
        self.mistakes = mistakes
        if mistakes.count == 1 {
            (message, cause, advice) = (mistakes[0].description, mistakes[0].cause, mistakes[0].advice)
        } else {
            message = "\(manifest) cannot be run: there are \(mistakes.count) mistakes."
            (cause, advice) = (mistakes.lines.joined(separator: "\n"), nil)
        }
    }

    /// A fault that ends a job because it was asked to stop, in the fault's own words.
    init(interruption error: any Error) {
        let localized = error as? any LocalizedError
        self.init(
            .interrupted, localized?.errorDescription ?? error.localizedDescription, cause: localized?.failureReason,
            advice: localized?.recoverySuggestion)
    }

    package var errorDescription: String? { message }
    package var failureReason: String? { cause }
    package var recoverySuggestion: String? { advice }
}
