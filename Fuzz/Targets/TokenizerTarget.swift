/// tokenizer.json of a Hugging Face folder.
package struct TokenizerTarget: FuzzTarget {
    package static let name = "tokenizer"

    private let folder: TokenizerFolder

    package init() throws {
        folder = try TokenizerFolder(fuzzing: "tokenizer.json", beside: "tokenizer_config.json")
    }

    package func check(_ bytes: [UInt8]) throws {
        try folder.check(bytes)
    }
}
