extension ModelConfiguration {
    /// Reads `config.json` of a Hugging Face folder; what is absent has transformers' default.
    ///
    /// - Throws: `ModelFilesError.missing`, `.malformed` naming a key that is absent or of the wrong kind,
    ///   `.unsupported` for settings that lorad does not compute.
    package static func load(folder: String) throws -> ModelConfiguration {
        let path = folder + "/config.json"
        let fields = try ConfigurationFields(path: path, json: try JSONReader.parse(file: path))
        let modelType = try fields.string("model_type")
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
            headDim: try fields.int("head_dim", default: hidden / max(1, heads)),
            vocabularySize: try fields.int("vocab_size"),
            maxPositions: try fields.int(keys.maxPositions, default: keys.defaultMaxPositions)
                - (keys.hasPaddedPositions ? try fields.int("pad_token_id", default: 1) + 1 : 0),
            ropeTheta: keys.hasRotaryPositions ? try ropeTheta(fields) : 10_000,
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
        guard try fields.string("model_type") == "llama" else { return }
        for key in ["attention_bias", "mlp_bias"] where try fields.bool(key, default: false) {
            throw ModelFilesError(
                .unsupported, "\(fields.path): \(key) is true; lorad computes projections without bias.")
        }
        let activation = try fields.string("hidden_act", default: "silu")
        guard activation == "silu" else {
            throw ModelFilesError(
                .unsupported, "\(fields.path): hidden_act is \(quoted(activation)); lorad computes silu.")
        }
    }

    /// Rotary settings stand at the top level, or since transformers 5 in `rope_parameters`.
    private static func ropeTheta(_ fields: ConfigurationFields) throws -> Float {
        let places = try [fields] + ["rope_parameters", "rope_scaling"].compactMap { try fields.fields($0) }
        var thetas: [Float] = []
        for place in places {
            for key in ["rope_type", "type"] where place.value(key) != nil {
                let type = try place.string(key)
                guard type == "default" else {
                    throw ModelFilesError(
                        .unsupported,
                        "\(fields.path): \(place.prefix)\(key) is \(quoted(type)); lorad computes unscaled rotary positions."
                    )
                }
            }
            let share = try place.float("partial_rotary_factor", default: 1)
            guard share == 1 else {
                throw ModelFilesError(
                    .unsupported,
                    "\(fields.path): \(place.prefix)partial_rotary_factor is \(share); lorad rotates whole heads.")
            }
            if place.value("rope_theta") != nil { thetas.append(try place.float("rope_theta")) }
        }
        guard thetas.allSatisfy({ $0 == thetas[0] }) else {
            throw ModelFilesError(.malformed, "\(fields.path): rope_theta is given twice, as \(thetas).")
        }
        return thetas.first ?? 10_000
    }
}
