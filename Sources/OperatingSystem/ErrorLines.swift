import Foundation

/// An error that stands for several mistakes, each of which is told on lines of its own.
package protocol MistakeList: Error {
    /// The mistakes, a line or more each; empty where the error is told by its message.
    var mistakeLines: [String] { get }
}

/// Errors as people read them.
package enum ErrorLines {
    /// An error as lines: each mistake or the message, then the cause, then what to do.
    package static func of(_ error: any Error) -> [String] {
        let mistakes = (error as? any MistakeList)?.mistakeLines ?? []
        guard mistakes.isEmpty else { return mistakes.flatMap { $0.split(separator: "\n").map(String.init) } }
        let localized = error as? any LocalizedError
        return [localized?.errorDescription ?? "\(error)", localized?.failureReason, localized?.recoverySuggestion]
            .compactMap { $0 }.flatMap { $0.split(separator: "\n").map(String.init) }
    }
}
