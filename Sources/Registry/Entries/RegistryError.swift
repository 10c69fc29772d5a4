import Common

/// A version or an alias that is not what was asked for, or that cannot be moved as asked.
package typealias RegistryError = CodedFault<RegistryErrorCode>

package enum RegistryErrorCode: String, FaultCode {
    /// The text is no reference, or no alias's name.
    case malformed
    /// There is no such name, version or alias.
    case missing
    /// The version's files are not those that were published, or something speaks against the move.
    case refused
    /// Somebody else moved the alias meanwhile.
    case moved

    package var category: FaultCategory {
        switch self {
        case .malformed: .usage
        case .missing: .missing
        case .refused: .data
        case .moved: .tryAgain
        }
    }
}
