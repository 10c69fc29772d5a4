import Foundation

/// A fault of the worker: its folders, ledger or webhooks.
package struct WorkerError: LocalizedError, Equatable, Sendable {
    /// What kind of fault it is; callers branch on this, people read `message`.
    package enum Code: String, Sendable {
        /// A file or folder that must exist does not.
        case missing
        /// Another worker holds the folders.
        case locked
        /// A folder or file cannot be written.
        case unwritable
        /// The ledger cannot be opened, is not as configured, or refused a write.
        case ledger
        /// A webhook's URL or secret cannot be used.
        case webhook
        /// The settings contradict themselves or the machine.
        case configuration
        /// No job has that id or name.
        case unknownJob
        /// The job's state does not allow what was asked.
        case wrongState
        /// A later attempt owns the job; this one may not write any more.
        case fenced
        /// A manifest cannot be submitted as it is.
        case manifest
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
