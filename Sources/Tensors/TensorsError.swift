import Common

/// A fault of the numerical layer: a size that does not fit, a library that refuses.
package typealias TensorsError = CodedFault<TensorsErrorCode>

package enum TensorsErrorCode: String, FaultCode {
    case shapeMismatch
    case unsupported
    case outOfMemory
    case libraryFailure
    /// `LORAD_KERNELS` names none, or one that this CPU cannot run.
    case unknownVariant

    package var category: FaultCategory {
        switch self {
        case .unknownVariant: .usage
        case .shapeMismatch, .unsupported, .outOfMemory, .libraryFailure: .own
        }
    }
}
