import Common

/// Compressed bytes that cannot be unpacked. The message goes after a file's name.
package typealias CompressionError = CodedFault<CompressionErrorCode>

package enum CompressionErrorCode: String, FaultCode {
    /// The bytes end before what they hold does.
    case truncated
    /// There is something else after the end.
    case trailing
    /// They are no such format, or a sum does not hold.
    case malformed
    /// They hold more than may be unpacked.
    case tooLarge

    package var category: FaultCategory { .data }
}
