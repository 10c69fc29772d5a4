import Common

/// A model that cannot be built or driven as asked.
package typealias TransformersError = CodedFault<TransformersErrorCode>

package enum TransformersErrorCode: String, FaultCode {
    case unsupported
    case mismatch
    case tooLong

    package var category: FaultCategory { .data }
}
