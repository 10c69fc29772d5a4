import ModelFiles

/// How the files of a folder are read as a tokenizer. What a run was trained with it must be verified with, so every way
/// stays.
package enum TokenizerReading: Sendable {
    /// tokenizer.json and the files beside it, as transformers' `AutoTokenizer` has them.
    case current
    /// Of runs whose tokenizer is pinned by version 1 of its hash: tokenizer.json alone, and of tokenizer_config.json
    /// the names of those added tokens that begin and end a text.
    case version1
}

extension TokenizerJSON {
    /// As `TokenizerReading.version1` has it.
    static func loadVersion1(folder: ModelFolder) throws -> TokenizerDefinition {
        var definition = try load(folder: folder)
        guard let config = try folder.json("tokenizer_config.json") else { return definition }
        func id(_ key: String) -> Int? {
            let content = config[key]?.stringValue ?? config[key]?["content"]?.stringValue
            return definition.addedTokens.first { $0.content == content }?.id
        }
        definition.bosTokenID = id("bos_token")
        definition.eosTokenID = id("eos_token")
        return definition
    }
}
