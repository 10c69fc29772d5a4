import Common

/// An adapter that does not fit its base, or files that do not hold one.
package typealias AdaptersError = CodedFault<AdaptersErrorCode>

package enum AdaptersErrorCode: String, FaultCode {
    case unknownTarget
    case missing
    case malformed
    case unsupported
    case mismatch
    case zeroUpdate
    case notFinite

    package var category: FaultCategory {
        switch self {
        case .missing: .missing
        case .unknownTarget, .malformed, .unsupported, .mismatch, .zeroUpdate, .notFinite: .data
        }
    }

    package var isOutcome: Bool { self == .zeroUpdate || self == .notFinite }
}
