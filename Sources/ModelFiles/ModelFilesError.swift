import Common

/// A model file that is missing, damaged, unsupported or not the one expected.
package typealias ModelFilesError = CodedFault<ModelFilesErrorCode>

package enum ModelFilesErrorCode: String, FaultCode {
    case missing
    case malformed
    case unsupported
    case mismatch
    case notFinite
    /// The file is one that jobs may not read.
    case forbidden

    package var category: FaultCategory {
        switch self {
        case .missing: .missing
        case .malformed, .unsupported, .mismatch, .notFinite, .forbidden: .data
        }
    }
}

extension ModelFilesError {
    /// A file that does not hold the bytes any more that were read of it before.
    static func changed(_ path: String) -> ModelFilesError {
        ModelFilesError(
            .mismatch, "\(path) was changed while it was being read.",
            advice: "Write model files beside their place and rename them, and start again.")
    }
}
