import Common

/// Data that cannot be trained on, or a run that went wrong.
package typealias TrainingError = CodedFault<TrainingErrorCode>

package enum TrainingErrorCode: String, FaultCode {
    case missing
    case malformed
    case noSupervisedTokens
    case notFinite
    case mismatch
    case interrupted

    package var category: FaultCategory {
        switch self {
        case .missing: .missing
        case .interrupted: .interrupted
        case .malformed, .noSupervisedTokens, .notFinite, .mismatch: .data
        }
    }

    package var isOutcome: Bool { self == .notFinite }
}
