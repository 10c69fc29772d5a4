import Foundation

/// Errors as people read them.
package enum ErrorLines {
    /// An error as lines: each mistake or the message, then the cause, then what to do.
    package static func of(_ error: any Error) -> [String] {
        if let fault = error as? any Fault { return fault.lines }
        let localized = error as? any LocalizedError
        return [localized?.errorDescription ?? "\(error)", localized?.failureReason, localized?.recoverySuggestion]
            .compactMap { $0 }.flatMap { $0.split(separator: "\n").map(String.init) }
    }
}
