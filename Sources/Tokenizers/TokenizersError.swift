import Common
import ModelFiles

/// A tokenizer or chat template that cannot be read or is not supported.
package typealias TokenizersError = CodedFault<TokenizersErrorCode>

package enum TokenizersErrorCode: String, FaultCode {
    case missing
    case malformed
    case unsupported
    case invalidText

    package var category: FaultCategory { self == .missing ? .missing : .data }
}

extension TokenizersError {
    /// A file of the tokenizer's or of a template that could not be read.
    init(unreadable error: ModelFilesError) {
        self.init(
            error.category == .missing ? .missing : .malformed, error.message, cause: error.cause, advice: error.advice)
    }

    /// A file that contradicts itself or its format. `problem` goes on the sentence that `source` begins.
    static func malformed(_ source: String, _ problem: String) -> TokenizersError {
        TokenizersError(
            .malformed, "\(source) \(problem).", advice: "Fetch the tokenizer that belongs to the base again.")
    }
}
