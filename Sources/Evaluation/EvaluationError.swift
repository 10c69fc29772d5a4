import Common

/// Evaluation data, prompts or a parity check that cannot be carried out.
package typealias EvaluationError = CodedFault<EvaluationErrorCode>

package enum EvaluationErrorCode: String, FaultCode {
    case missing
    case malformed
    case notFinite
    case mismatch
    case interrupted

    package var category: FaultCategory {
        switch self {
        case .missing: .missing
        case .interrupted: .interrupted
        case .malformed, .notFinite, .mismatch: .data
        }
    }

    package var isOutcome: Bool { self == .notFinite }
}
