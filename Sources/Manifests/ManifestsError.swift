import Common

/// A manifest or configuration that cannot be read; `mistakes` holds what is wrong in it.
package typealias ManifestsError = CodedFault<ManifestsErrorCode>

package enum ManifestsErrorCode: String, FaultCode {
    package typealias Mistakes = [Diagnostic]

    /// There is no such file.
    case missing
    /// The file is there and cannot be read (permissions, not a regular file).
    case unreadable
    /// The file was read and holds mistakes.
    case invalid
    /// A path leaves the folders that jobs may use.
    case forbidden

    package var category: FaultCategory {
        switch self {
        case .missing, .unreadable: .missing
        case .invalid, .forbidden: .data
        }
    }
}

extension ManifestsError {
    /// The mistakes of one text as an error: a single mistake is the message, several are counted and listed as cause.
    package init(mistakesIn file: String, _ mistakes: [Diagnostic]) {
        let lines = mistakes.map(\.description)
        if lines.count == 1 {
            self.init(.invalid, lines[0], mistakes: mistakes)
        } else {
            self.init(
                .invalid, "\(file) has \(lines.count) mistakes.", cause: lines.joined(separator: "\n"),
                mistakes: mistakes)
        }
    }
}
