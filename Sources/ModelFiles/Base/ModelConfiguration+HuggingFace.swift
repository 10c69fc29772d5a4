extension ModelConfiguration {
    /// Reads `config.json` of a Hugging Face folder; what is absent has transformers' default.
    ///
    /// - Throws: `ModelFilesError.missing`, `.malformed` naming a key that is absent or of the wrong kind,
    ///   `.unsupported` for settings that lorad does not compute, or another family than the folder's; `.forbidden`.
    package static func load(folder: ModelFolder) throws -> ModelConfiguration {
        let path = folder.path(of: "config.json")
        let fields = try ConfigurationFields(path: path, json: try folder.requiredJSON("config.json"))
        let modelType = try fields.string("model_type")
        try BaseKind.check(fields, modelType: modelType)
        let family = try folder.families.named(modelType, in: path)
        try refuseUnsupported(fields)
        let keys = family.keys
        func int(_ key: String, default fallback: Int? = nil) throws -> Int {
            let alias = keys.aliases[key] ?? key
            return try fields.int(fields.value(alias) == nil ? key : alias, default: fallback)
        }
        let heads = try int(keys.heads)
        let hidden = try int(keys.hidden)
        let ratio = keys.intermediateRatio.map { $0 * min(hidden, largestSize) }
        return try ModelConfiguration(
            family: family, hiddenSize: hidden,
            intermediateSize: try fields.int(keys.intermediate, default: ratio),
            layers: try int(keys.layers), heads: heads,
            keyValueHeads: try keyValueHeads(fields, keys, heads: heads),
            headDim: try headDim(fields, keys, hidden / max(1, heads)),
            vocabularySize: try fields.int("vocab_size"),
            maxPositions: try int(keys.maxPositions, default: keys.defaultMaxPositions)
                - (keys.hasPaddedPositions ? try unusedPositions(fields) : 0),
            ropeTheta: try RotaryParameters(fields, family)?.theta ?? keys.defaultTheta,
            normEpsilon: try keys.epsilon.map { try fields.float($0, default: keys.defaultEpsilon) }
                ?? keys.defaultEpsilon,
            tieWordEmbeddings: try fields.bool("tie_word_embeddings", default: keys.tiesWordEmbeddings),
            bosTokenID: try fields.ints("bos_token_id").first, eosTokenIDs: try fields.ints("eos_token_id"),
            fields: fields
        ).checked(path)
    }

    private static func refuseUnsupported(_ fields: ConfigurationFields) throws {
        guard fields.value("quantization_config") == nil else {
            throw ModelFilesError(
                .unsupported, "\(fields.path): the weights are quantised (quantization_config).",
                advice: "Use the unquantised model, or a GGUF file.")
        }
    }

    private static func keyValueHeads(_ fields: ConfigurationFields, _ keys: ConfigurationKeys, heads: Int) throws
        -> Int
    {
        let key = "num_key_value_heads"
        guard let grouped = keys.groupedHeads else { return heads }
        return try fields.int(key, default: fields.contains(key) ? heads : grouped.defaultKeyValueHeads ?? heads)
    }

    /// Those up to the padding token's id.
    private static func unusedPositions(_ fields: ConfigurationFields) throws -> Int {
        let id = try fields.int("pad_token_id", default: 1)
        guard id >= 0 else {
            throw ModelFilesError(.malformed, "\(fields.path): pad_token_id is \(id), no token's id.")
        }
        return id + 1
    }

    private static func headDim(_ fields: ConfigurationFields, _ keys: ConfigurationKeys, _ share: Int) throws -> Int {
        guard let grouped = keys.groupedHeads else { return share }
        return try fields.int("head_dim", default: grouped.defaultHeadDim ?? share)
    }
}
