import Common

/// A data file that cannot be read, or rows that are not what they are to be.
package typealias DatasetsError = CodedFault<DatasetsErrorCode>

package enum DatasetsErrorCode: String, FaultCode {
    case missing
    case malformed

    package var category: FaultCategory { self == .missing ? .missing : .data }
}
