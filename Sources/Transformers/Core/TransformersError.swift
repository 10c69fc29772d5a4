import Foundation

/// A model that cannot be built or driven as asked.
package struct TransformersError: LocalizedError, Equatable, Sendable {
    /// What kind of fault it is; callers branch on this, people read `message`.
    package enum Code: String, Sendable {
        case unsupported
        case mismatch
        case tooLong
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

    package var errorDescription: String? { message }
    package var failureReason: String? { cause }
    package var recoverySuggestion: String? { advice }
}
