extension ModelConfiguration {
    /// Reads `config.json` of a Hugging Face folder; what is absent has transformers' default.
    ///
    /// - Throws: `ModelFilesError.missing`, `.malformed` naming a key that is absent or of the wrong kind,
    ///   `.unsupported` for settings that lorad does not compute.
    package static func load(folder: String) throws -> ModelConfiguration {
        let path = folder + "/config.json"
        let fields = try ConfigurationFields(path: path, json: try JSONReader.parse(file: path))
        let modelType = try fields.string("model_type")
        try BaseKind.check(fields, modelType: modelType)
        try checkModelType(modelType, path)
        try refuseUnsupported(fields)
        let keys = ConfigurationKeys.of(modelType)
        let heads = try fields.int(keys.heads)
        let hidden = try fields.int(keys.hidden)
        let ratio = keys.intermediateRatio.map { $0 * min(hidden, 1 << 24) }
        return try ModelConfiguration(
            modelType: modelType, hiddenSize: hidden,
            intermediateSize: try fields.int(keys.intermediate, default: ratio),
            layers: try fields.int(keys.layers), heads: heads,
            keyValueHeads: try fields.int("num_key_value_heads", default: heads),
            headDim: try fields.int("head_dim", default: keys.defaultHeadDim ?? hidden / max(1, heads)),
            vocabularySize: try fields.int("vocab_size"),
            maxPositions: try fields.int(keys.maxPositions, default: keys.defaultMaxPositions)
                - (keys.hasPaddedPositions ? try fields.int("pad_token_id", default: 1) + 1 : 0),
            ropeTheta: keys.hasRotaryPositions ? try ropeTheta(fields, keys) : 10_000,
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

    /// Theta of the layers that see everything: at the top level, or since transformers 5 in `rope_parameters`, which
    /// may hold settings for each kind of layer. What else stands there is the family's to read.
    private static func ropeTheta(_ fields: ConfigurationFields, _ keys: ConfigurationKeys) throws -> Float {
        let parameters = try fields.fields("rope_parameters")
        let nested = try parameters?.fields("full_attention")
        let places = try [fields, nested ?? parameters, fields.fields("rope_scaling")].compactMap { $0 }
        let thetas = try places.compactMap { place in
            try [keys.theta, "rope_theta"].first { place.value($0) != nil }.map { try place.float($0) }
        }
        guard thetas.allSatisfy({ $0 == thetas[0] }) else {
            throw ModelFilesError(.malformed, "\(fields.path): rope_theta is given twice, as \(thetas).")
        }
        return thetas.first ?? keys.defaultTheta
    }
}
