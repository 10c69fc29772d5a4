extension ModelConfiguration {
    /// GGUF metadata of a model's shape, with the types that llama.cpp's converter gives them; the opposite of
    /// `init(gguf:)`, but for the tokenizer's keys.
    func ggufMetadata(architecture: String) -> [String: GGUFValue] {
        let sizes = [
            "context_length": maxPositions, "embedding_length": hiddenSize, "feed_forward_length": intermediateSize,
            "block_count": layers, "attention.head_count": heads, "attention.head_count_kv": keyValueHeads,
            "attention.key_length": headDim, "attention.value_length": headDim, "rope.dimension_count": headDim,
            "vocab_size": vocabularySize,
        ]
        var metadata: [String: GGUFValue] = [
            "general.architecture": .string(architecture), "general.type": .string("model"),
            "general.quantization_version": .uint32(2),
            "\(architecture).rope.freq_base": .float32(ropeTheta),
            "\(architecture).attention.layer_norm_rms_epsilon": .float32(normEpsilon),
        ]
        // Every size is at most 2²⁴, see `checked`.
        for (key, size) in sizes { metadata["\(architecture).\(key)"] = .uint32(UInt32(size)) }
        return metadata
    }

    /// `config.json` of a Hugging Face folder; the opposite of `load(folder:)`. Rotary settings stand where transformers
    /// 4 looks for them, and where 5 does.
    ///
    /// - Parameters:
    ///   - dtype: what the folder's weights are stored in, which transformers loads them as.
    ///   - padTokenID: of the tokenizer, where it has one.
    package func huggingFaceJSON(dtype: FileDType, padTokenID: Int?) -> JSONValue {
        let architectures = ["llama": "LlamaForCausalLM"]
        let theta = JSONValue.number(Double("\(ropeTheta)") ?? Double(ropeTheta))
        let epsilon = JSONValue.number(Double("\(normEpsilon)") ?? Double(normEpsilon))
        let members: [JSONObject.Member] = [
            ("architectures", .array([architectures[modelType]].compactMap { $0.map(JSONValue.string) })),
            ("attention_bias", .bool(false)), ("attention_dropout", .number(0)), ("bos_token_id", .id(bosTokenID)),
            ("dtype", .string(dtype.torchName)), ("eos_token_id", .ids(eosTokenIDs)), ("head_dim", .integer(headDim)),
            ("hidden_act", .string("silu")), ("hidden_size", .integer(hiddenSize)),
            ("intermediate_size", .integer(intermediateSize)), ("max_position_embeddings", .integer(maxPositions)),
            ("mlp_bias", .bool(false)), ("model_type", .string(modelType)), ("num_attention_heads", .integer(heads)),
            ("num_hidden_layers", .integer(layers)), ("num_key_value_heads", .integer(keyValueHeads)),
            ("pad_token_id", .id(padTokenID)), ("rms_norm_eps", epsilon),
            ("rope_parameters", .object(JSONObject([("rope_theta", theta), ("rope_type", .string("default"))]))),
            ("rope_theta", theta), ("tie_word_embeddings", .bool(tieWordEmbeddings)),
            ("torch_dtype", .string(dtype.torchName)), ("use_cache", .bool(true)),
            ("vocab_size", .integer(vocabularySize)),
        ]
        return .object(JSONObject(members))
    }

    /// `generation_config.json`: where a generation starts and ends.
    package func generationJSON(padTokenID: Int?) -> JSONValue {
        .object(
            JSONObject([
                ("bos_token_id", .id(bosTokenID)), ("eos_token_id", .ids(eosTokenIDs)),
                ("pad_token_id", .id(padTokenID)),
            ]))
    }
}

extension FileDType {
    /// PyTorch's name of a floating-point type, as config.json spells it.
    package var torchName: String {
        switch self {
        case .f32: "float32"
        case .f16: "float16"
        case .bf16: "bfloat16"
        default: preconditionFailure("\(rawValue) is no floating-point type of PyTorch")
        }
    }
}

extension JSONValue {
    fileprivate static func id(_ id: Int?) -> JSONValue { id.map { .integer($0) } ?? .null }

    /// One id as itself, several as a list.
    fileprivate static func ids(_ ids: [Int]) -> JSONValue {
        ids.count < 2 ? id(ids.first) : .array(ids.map { .integer($0) })
    }
}
