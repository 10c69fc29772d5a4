extension ModelConfiguration {
    /// Reads `config.json` of a Hugging Face folder.
    ///
    /// - Throws: `ModelFilesError.missing`, `.malformed` naming a key that is absent or of the wrong kind,
    ///   `.unsupported` for settings that lorad does not compute.
    package static func load(folder: String) throws -> ModelConfiguration {
        let path = folder + "/config.json"
        let fields = Fields(path: path, json: try JSONReader.parse(file: path))
        try fields.refuse("attention_bias", unless: [.bool(false)])
        try fields.refuse("mlp_bias", unless: [.bool(false)])
        try fields.refuse("hidden_act", unless: [.string("silu")])
        let rope = fields.json["rope_parameters"] ?? fields.json["rope_scaling"] ?? .null
        let ropeType = (rope["rope_type"] ?? rope["type"])?.stringValue ?? "default"
        guard ropeType == "default" else {
            throw ModelFilesError(.unsupported, "\(path) scales rotary positions by '\(ropeType)'; lorad supports 'default'.")
        }
        let heads = try fields.int("num_attention_heads")
        let hidden = try fields.int("hidden_size")
        return try ModelConfiguration(
            modelType: try fields.string("model_type"), hiddenSize: hidden,
            intermediateSize: try fields.int("intermediate_size"), layers: try fields.int("num_hidden_layers"),
            heads: heads, keyValueHeads: try fields.int("num_key_value_heads", default: heads),
            headDim: try fields.int("head_dim", default: hidden / max(1, heads)),
            vocabularySize: try fields.int("vocab_size"), maxPositions: try fields.int("max_position_embeddings"),
            ropeTheta: Float((fields.json["rope_theta"] ?? rope["rope_theta"])?.doubleValue ?? 10_000),
            rmsNormEpsilon: Float(fields.json["rms_norm_eps"]?.doubleValue ?? 1e-6),
            tieWordEmbeddings: fields.json["tie_word_embeddings"]?.boolValue ?? false,
            bosTokenID: fields.json["bos_token_id"]?.intValue,
            eosTokenIDs: (fields.json["eos_token_id"]?.arrayValue ?? [fields.json["eos_token_id"] ?? .null])
                .compactMap(\.intValue)
        ).checked(path)
    }

    /// Typed access to config.json.
    private struct Fields {
        let path: String
        let json: JSONValue

        func int(_ key: String, default fallback: Int? = nil) throws -> Int {
            let value = json[key] ?? .null
            if value.isNull, let fallback { return fallback }
            guard let number = value.intValue else { throw wrong(key, value, expected: "an integer") }
            return number
        }

        func string(_ key: String) throws -> String {
            let value = json[key] ?? .null
            guard let text = value.stringValue else { throw wrong(key, value, expected: "a string") }
            return text
        }

        func refuse(_ key: String, unless allowed: [JSONValue]) throws {
            guard let value = json[key], !value.isNull else { return }
            let matches = allowed.contains { candidate in
                value.boolValue != nil && value.boolValue == candidate.boolValue
                    || value.stringValue != nil && value.stringValue == candidate.stringValue
            }
            if !matches {
                throw ModelFilesError(.unsupported, "\(path) sets \(key) to a value that lorad does not compute.")
            }
        }

        private func wrong(_ key: String, _ value: JSONValue, expected: String) -> ModelFilesError {
            ModelFilesError(.malformed, "\(path): \(key) is \(json[key] == nil ? "absent" : value.kind), not \(expected).")
        }
    }
}
