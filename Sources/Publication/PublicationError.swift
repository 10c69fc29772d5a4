import Common

/// A run that cannot stand in the outbox, or a folder of it that cannot be read or written.
package typealias PublicationError = CodedFault<PublicationErrorCode>

package enum PublicationErrorCode: String, FaultCode {
    /// The place or the name is not one that a run can be published under.
    case rejected
    /// There is no such folder, or no list to check it against.
    case missing
    case unwritable

    package var category: FaultCategory {
        switch self {
        case .rejected: .data
        case .missing: .missing
        case .unwritable: .tryAgain
        }
    }
}
