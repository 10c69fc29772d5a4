import Foundation

/// A tokenizer or chat template that cannot be read or is not supported.
package struct TokenizersError: LocalizedError, Equatable, Sendable {
    /// What kind of fault it is; callers branch on this, people read `message`.
    package enum Code: String, Sendable {
        case missing
        case malformed
        case unsupported
        case invalidText
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

extension TokenizersError {
    /// A file that contradicts itself or its format. `problem` goes on the sentence that `source` begins.
    static func malformed(_ source: String, _ problem: String) -> TokenizersError {
        TokenizersError(
            .malformed, "\(source) \(problem).", advice: "Fetch the tokenizer that belongs to the base again.")
    }
}
