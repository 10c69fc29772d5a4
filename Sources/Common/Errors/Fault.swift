import Foundation

/// An error that says what it is: its category for whoever has to act on it, and words for people.
package protocol Fault: LocalizedError, Sendable {
    /// Who can do something about it.
    var category: FaultCategory { get }
    /// One plain sentence that says what is wrong.
    var message: String { get }
    /// What led to it; nil where nothing is known beyond the message.
    var cause: String? { get }
    /// What to do next.
    var advice: String? { get }
    /// The whole of it for people, one line a sentence: each mistake or the message, then cause and advice.
    var lines: [String] { get }
    /// Whether a disk or the system may give at another time what it refused now, so that a worker waits for it.
    var mayPass: Bool { get }
    /// Whether it says what the work itself came to, such as a loss that is not finite, and not what was wrong with
    /// what the work was given. A run that ends so is published as a failed one.
    var isOutcome: Bool { get }
}

extension Fault {
    package var mayPass: Bool { category == .tryAgain }
    package var isOutcome: Bool { false }
    package var lines: [String] { sentences.flatMap { $0.split(separator: "\n").map(String.init) } }

    /// Message, cause and advice, as far as there are any.
    package var sentences: [String] { [message, cause, advice].compactMap(\.self) }

    /// Whether it is about what the work was given: a later attempt would meet it again, and whoever gave it can mend
    /// it.
    package var isOfInput: Bool { !isOutcome && (category == .data || category == .missing) }

    package var errorDescription: String? { message }
    package var failureReason: String? { cause }
    package var recoverySuggestion: String? { advice }
}
