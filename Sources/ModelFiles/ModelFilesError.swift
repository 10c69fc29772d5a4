import Foundation

/// A model file that is missing, damaged, unsupported or not the one expected.
package struct ModelFilesError: LocalizedError, Equatable, Sendable {
    /// What kind of fault it is; callers branch on this, people read `message`.
    package enum Code: String, Sendable {
        case missing
        case malformed
        case unsupported
        case mismatch
        case notFinite
        case unwritable
        /// The file is one that jobs may not read.
        case forbidden
    }

    package let code: Code
    /// One plain sentence that says what is wrong.
    package let message: String
    /// What led to it, where known.
    package let cause: String?
    /// What to do next.
    package let advice: String?

    package init(_ code: Code, _ message: String, cause: String? = nil, advice: String? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
        self.advice = advice
    }

    /// A file that does not hold the bytes any more that were read of it before.
    static func changed(_ path: String) -> ModelFilesError {
        ModelFilesError(
            .mismatch, "\(path) was changed while it was being read.",
            advice: "Write model files beside their place and rename them, and start again.")
    }

    package var errorDescription: String? { message }
    package var failureReason: String? { cause }
    package var recoverySuggestion: String? { advice }
}
