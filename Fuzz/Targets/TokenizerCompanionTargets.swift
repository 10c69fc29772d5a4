/// special_tokens_map.json: roles of tokens, where tokenizer_config.json names none.
package struct SpecialTokensMapTarget: FuzzTarget {
    package static let name = "special-tokens-map"

    private let folder: TokenizerFolder

    package init() throws { folder = try TokenizerFolder(fuzzing: "special_tokens_map.json", beside: "tokenizer.json") }

    package func check(_ bytes: [UInt8]) throws { try folder.check(bytes) }
}

/// added_tokens.json: tokens and the ids that they would have.
package struct AddedTokensTarget: FuzzTarget {
    package static let name = "added-tokens"

    private let folder: TokenizerFolder

    package init() throws { folder = try TokenizerFolder(fuzzing: "added_tokens.json", beside: "tokenizer.json") }

    package func check(_ bytes: [UInt8]) throws { try folder.check(bytes) }
}
