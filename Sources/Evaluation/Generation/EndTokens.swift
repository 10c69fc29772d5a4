import ModelFiles
import Tokenizers

/// Where a generation stops.
package enum EndTokens {
    /// Every token that ends a text: those that the base's files name, and the one that training appends.
    ///
    /// - Parameter reading: as `tokenizer` was read.
    /// - Throws: as `BaseModelFiles.endTokenIDs`.
    package static func of(
        _ base: BaseModelFiles, _ tokenizer: any Tokenizer, reading: TokenizerReading = .current
    ) throws -> [Int] {
        guard reading == .current else { return base.endTokenIDsVersion1 }
        let named = try base.endTokenIDs()
        guard let appended = tokenizer.eosTokenID, !named.contains(appended) else { return named }
        return named + [appended]
    }
}
