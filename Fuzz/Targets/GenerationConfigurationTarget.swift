import ModelFiles

/// generation_config.json: the tokens that end a text, beside those of config.json.
package struct GenerationConfigurationTarget: FuzzTarget {
    package static let name = "generation-configuration"

    private let folder: TokenizerFolder

    package init() throws { folder = try TokenizerFolder(fuzzing: "generation_config.json", beside: "tokenizer.json") }

    package func check(_ bytes: [UInt8]) throws {
        try folder.write(bytes)
        guard let ids = try accepted({ try folder.base.endTokenIDs() }) else { return }
        let own = folder.base.configuration.eosTokenIDs
        try require(ids.starts(with: own), "\(ids) do not begin with config.json's own \(own)")
        try require(Set(ids).count == ids.count, "\(ids) holds one twice")
        try require(ids.count <= bytes.count + own.count, "\(ids.count) tokens in \(bytes.count) bytes")
    }
}
