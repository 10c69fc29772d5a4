import Common

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
    /// A file that contradicts itself or its format. `problem` goes on the sentence that `source` begins.
    static func malformed(_ source: String, _ problem: String) -> TokenizersError {
        TokenizersError(
            .malformed, "\(source) \(problem).", advice: "Fetch the tokenizer that belongs to the base again.")
    }
}
