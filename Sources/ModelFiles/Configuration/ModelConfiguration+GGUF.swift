extension ModelConfiguration {
    /// Reads the metadata of a GGUF file.
    ///
    /// - Parameter families: those that it may be of.
    /// - Throws: `ModelFilesError.malformed` naming a key that is absent or of the wrong kind, `.unsupported` for
    ///   another architecture or settings that lorad does not compute.
    package init(gguf: GGUFFile, families: KnownFamilies) throws {
        let (family, architecture) = try families.family(of: gguf)
        let fields = GGUFFields(file: gguf, architecture: architecture)
        let heads = try fields.int("attention.head_count")
        let hidden = try fields.int("embedding_length")
        let isGrouped = family.keys.groupedHeads != nil
        let share = hidden / max(1, heads)
        let ends = try ["eos", "eot", "eom"].compactMap { try fields.tokenID($0) }
        var configuration = ModelConfiguration(
            family: family, hiddenSize: hidden,
            intermediateSize: try fields.int("feed_forward_length"), layers: try fields.int("block_count"),
            heads: heads,
            keyValueHeads: isGrouped ? try fields.int("attention.head_count_kv", default: heads) : heads,
            headDim: isGrouped ? try fields.int("attention.key_length", default: share) : share,
            vocabularySize: try fields.vocabularySize(), maxPositions: try fields.int("context_length"),
            ropeTheta: try fields.float("rope.freq_base", default: family.keys.defaultTheta),
            normEpsilon: try fields.float(architecture.epsilonKey),
            tieWordEmbeddings: gguf.tensors["output.weight"] == nil, bosTokenID: try fields.tokenID("bos"),
            eosTokenIDs: ends.withoutRepetition)
        configuration = try configuration.checked(gguf.location)
        try fields.refuseUnsupported(configuration)
        let members = try architecture.members(fields, configuration)
        configuration.fields = try ConfigurationFields(path: gguf.location, json: .object(JSONObject(members)))
        self = configuration
    }
}
