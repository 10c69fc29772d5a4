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
        /// The ledger cannot be opened, is not as configured, refused a write, or was taken away.
        case ledger
        /// The ledger is not what a worker left: damaged, or empty or gone beside backups. Somebody must decide what is put
        /// back.
        case ledgerRefused
        /// The system refused what it would give at another time: a descriptor, memory, a thread.
        case system
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

    /// True for what disk or system may give at another time, so that it is worth waiting for.
    package var mayPass: Bool { code == .unwritable || code == .system }

    package var errorDescription: String? { message }
    package var failureReason: String? { cause }
    package var recoverySuggestion: String? { advice }
}
