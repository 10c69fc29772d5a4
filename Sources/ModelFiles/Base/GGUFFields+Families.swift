import Tensors

/// What only a family has, from GGUF's metadata to the members that its config.json has for it.
///
/// What a converter does not write, llama.cpp knows of the architecture: its `llama-model.cpp`.
extension GGUFFields {
    /// The members that a family reads besides the sizes.
    ///
    /// - Throws: as reading metadata and tensors.
    func configurationFields(_ configuration: ModelConfiguration) throws -> ConfigurationFields {
        let members: [JSONObject.Member] =
            switch architecture.name {
            case "llama": try llama(configuration)
            case "gemma2": try gemma(configuration) + softCaps()
            case "gemma3": try gemma(configuration) + gemma3(configuration)
            case "phi3": try phi3(configuration)
            case "bert": try bert()
            default: []
            }
        return try ConfigurationFields(path: file.location, json: .object(JSONObject(members)))
    }

    /// Llama 3's frequencies are divided by a factor each, which a config.json can say as LongRoPE with one list only.
    private func llama(_ configuration: ModelConfiguration) throws -> [JSONObject.Member] {
        let bias = ("attention_bias", JSONValue.bool(file.tensors["blk.0.attn_q.bias"] != nil))
        guard file.tensors[Self.frequencyFactors] != nil else { return [bias] }
        let factors = try values(Self.frequencyFactors)
        let rope: [JSONObject.Member] = [
            ("rope_type", .string("longrope")), ("short_factor", factors), ("long_factor", factors),
            ("original_max_position_embeddings", .integer(configuration.maxPositions)), ("factor", .number(1)),
            ("attention_factor", .number(1)), ("rope_theta", .number(Double(configuration.ropeTheta))),
        ]
        return [bias, ("rope_parameters", .object(JSONObject(rope)))]
    }

    /// Divisors of the rotary frequencies, `[head dimension / 2]`.
    static let frequencyFactors = "rope_freqs.weight"

    /// How llama.cpp scales all rotary positions of a file: `none`, `linear` with its factor, or a kind by its name. A
    /// factor without a kind is linear.
    func rotaryScaling() throws -> (kind: String, factor: Float) {
        let earlier = try float("rope.scale_linear", default: 0)
        let factor = try float("rope.scaling.factor", default: earlier)
        guard factor >= 0, factor.isFinite else {
            throw ModelFilesError(.malformed, "\(file.location): \(key("rope.scaling.factor")) is \(factor).")
        }
        let kind = try value(key("rope.scaling.type"), "a string", \.stringValue) ?? "linear"
        return kind == "linear" && (factor == 0 || factor == 1) ? ("none", 1) : (kind, factor)
    }

    private func gemma(_ configuration: ModelConfiguration) throws -> [JSONObject.Member] {
        // The largest model of each generation scales by the width of its heads in the hidden size instead.
        let isLargest = configuration.layers == (architecture.name == "gemma2" ? 46 : 62)
        let scale = isLargest ? configuration.hiddenSize / configuration.heads : configuration.headDim
        return [
            ("query_pre_attn_scalar", .integer(scale)),
            ("sliding_window", .integer(try int("attention.sliding_window", default: 4096))),
        ]
    }

    private func softCaps() throws -> [JSONObject.Member] {
        try [("attn_logit_softcapping", 50), ("final_logit_softcapping", 30)].map { name, usual in
            (name, .number(Double(try float(name, default: usual))))
        }
    }

    /// Scaling is that of the layers that see everything.
    private func gemma3(_ configuration: ModelConfiguration) throws -> [JSONObject.Member] {
        let (kind, factor) = try rotaryScaling()
        let isScaled = kind == "linear"
        let full: [JSONObject.Member] = [
            ("rope_type", .string(isScaled ? "linear" : "default")), ("factor", .number(Double(isScaled ? factor : 1))),
            ("rope_theta", .number(Double(configuration.ropeTheta))),
        ]
        let local: [JSONObject.Member] = [("rope_type", .string("default")), ("rope_theta", .number(10_000))]
        let parameters: [JSONObject.Member] = [
            ("full_attention", .object(JSONObject(full))), ("sliding_attention", .object(JSONObject(local))),
        ]
        var members: [JSONObject.Member] = [("rope_parameters", .object(JSONObject(parameters)))]
        if file.metadata[key("final_logit_softcapping")] != nil {
            members.append(("final_logit_softcapping", .number(Double(try float("final_logit_softcapping")))))
        }
        return members
    }

    private func phi3(_ configuration: ModelConfiguration) throws -> [JSONObject.Member] {
        let window = try int("attention.sliding_window", default: 0)
        let rotated = try int("rope.dimension_count", default: configuration.headDim)
        let share = Double(rotated) / Double(configuration.headDim)
        let original = try int("rope.scaling.original_context_length", default: configuration.maxPositions)
        var rope: [JSONObject.Member] = [
            ("rope_theta", .number(Double(configuration.ropeTheta))), ("partial_rotary_factor", .number(share)),
        ]
        if file.tensors["rope_factors_short.weight"] != nil {
            rope += [
                ("rope_type", .string("longrope")), ("short_factor", try values("rope_factors_short.weight")),
                ("long_factor", try values("rope_factors_long.weight")),
                ("original_max_position_embeddings", .integer(original)),
                ("attention_factor", .number(Double(try float("rope.scaling.attn_factor", default: 1)))),
            ]
        } else {
            rope.append(("rope_type", .string("default")))
        }
        return [
            ("sliding_window", window > 0 ? .integer(window) : .null),
            ("original_max_position_embeddings", .integer(original)), ("rope_parameters", .object(JSONObject(rope))),
        ]
    }

    private func values(_ name: String) throws -> JSONValue {
        let factors = Matrix(rows: 1, columns: try file.info(name).columns)
        try file.read(name, into: factors)
        return .array(factors.values.map { .number(Double($0)) })
    }

    /// llama.cpp runs RoBERTa as this architecture too, with positions from which the unused ones are cut.
    private func bert() throws -> [JSONObject.Member] {
        let vocabulary = try value("tokenizer.ggml.model", "a string", \.stringValue) ?? "bert"
        guard vocabulary == "bert" else {
            throw ModelFilesError(
                .unsupported,
                "\(file.location) is an encoder with a vocabulary of kind \(quoted(vocabulary)), so no BERT.",
                cause: "llama.cpp writes RoBERTa and its relatives under BERT's name, with other positions and heads.",
                advice: "Use the model's Hugging Face folder.")
        }
        return [
            ("hidden_act", .string("gelu")),
            ("is_decoder", .bool(try value(key("attention.causal"), "a boolean", \.boolValue) ?? false)),
            ("type_vocab_size", .integer(try file.info("token_types.weight").rows)),
        ]
    }
}
