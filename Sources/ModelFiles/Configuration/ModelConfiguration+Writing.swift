extension ModelConfiguration {
    /// GGUF metadata of a model's shape, with the types that llama.cpp's converter gives them; the opposite of
    /// `init(gguf:)`, but for the tokenizer's keys.
    func ggufMetadata(_ architecture: GGUFArchitecture) -> [String: GGUFValue] {
        let sizes = [
            "context_length": maxPositions, "embedding_length": hiddenSize, "feed_forward_length": intermediateSize,
            "block_count": layers, "attention.head_count": heads, "attention.head_count_kv": keyValueHeads,
            "attention.key_length": headDim, "attention.value_length": headDim, "rope.dimension_count": headDim,
            "vocab_size": vocabularySize,
        ]
        var metadata: [String: GGUFValue] = [
            "general.architecture": .string(architecture.name), "general.type": .string("model"),
            "general.quantization_version": .uint32(2),
            "\(architecture.name).rope.freq_base": .float32(ropeTheta),
            "\(architecture.name).\(architecture.epsilonKey)": .float32(normEpsilon),
        ]
        // Every size is at most 2²⁴, see `checked`.
        for (key, size) in sizes { metadata["\(architecture.name).\(key)"] = .uint32(UInt32(size)) }
        return metadata
    }

    /// Checks that GGUF's metadata, as `ggufMetadata` writes it, says all that the configuration does.
    ///
    /// - Throws: `ModelFilesError.unsupported`.
    func checkWritableAsGGUF(_ path: String) throws {
        let scaling = try ["rope_parameters", "rope_scaling"].compactMap { try fields.fields($0) }
            .contains { try $0.string("rope_type", default: $0.string("type", default: "default")) != "default" }
        let isOn = try ["attention_bias", "mlp_bias", "use_sliding_window"]
            .contains { try fields.bool($0, default: false) }
        guard family.gguf.architecture?.isWritten == true, !scaling, !isOn else {
            throw ModelFilesError(
                .unsupported,
                "\(path): a GGUF is not made anew for a base of type \(quoted(modelType)) with the settings of this one.",
                cause:
                    "lorad writes GGUF from Hugging Face folders of few families (README.md), without biases, windows and "
                    + "rotary scaling that are not always there.",
                advice:
                    "Merge to safetensors and let llama.cpp's converter make the GGUF, or merge into a base in GGUF.")
        }
    }

    /// `config.json` of a Hugging Face folder; the opposite of `load(folder:)`. Rotary settings stand where transformers
    /// 4 looks for them, and where 5 does.
    ///
    /// - Parameters:
    ///   - dtype: what the folder's weights are stored in, which transformers loads them as.
    ///   - padTokenID: of the tokenizer, where it has one.
    package func huggingFaceJSON(dtype: FileDType, padTokenID: Int?) -> JSONValue {
        let theta = JSONValue.number(Double("\(ropeTheta)") ?? Double(ropeTheta))
        let epsilon = JSONValue.number(Double("\(normEpsilon)") ?? Double(normEpsilon))
        let keys = family.keys
        var members: [JSONObject.Member] = [
            ("architectures", .array([.string(family.classes.base)])),
            ("bos_token_id", .id(bosTokenID)), ("dtype", .string(dtype.torchName)), ("eos_token_id", .ids(eosTokenIDs)),
            (keys.hidden, .integer(hiddenSize)), (keys.intermediate, .integer(intermediateSize)),
            (keys.layers, .integer(layers)), (keys.heads, .integer(heads)),
            (keys.maxPositions, .integer(maxPositions)), ("model_type", .string(modelType)),
            ("pad_token_id", .id(padTokenID)), ("tie_word_embeddings", .bool(tieWordEmbeddings)),
            ("torch_dtype", .string(dtype.torchName)), ("use_cache", .bool(true)),
            ("vocab_size", .integer(vocabularySize)),
        ]
        if let key = keys.epsilon { members.append((key, epsilon)) }
        if keys.rotary != nil {
            members += [
                ("attention_dropout", .number(0)), ("head_dim", .integer(headDim)),
                ("num_key_value_heads", .integer(keyValueHeads)), ("rope_theta", theta),
            ]
            if !fields.contains("rope_parameters") {
                let rope: [JSONObject.Member] = [("rope_theta", theta), ("rope_type", .string("default"))]
                members.append(("rope_parameters", .object(JSONObject(rope))))
            }
        }
        members += (family.gguf.architecture?.writtenMembers ?? []).filter { !fields.contains($0.key) }
        members += fields.members.filter { member in !members.contains { $0.key == member.key } }
        return .object(JSONObject(members.sorted { ExactString($0.key) < ExactString($1.key) }))
    }

    /// A config.json's object whose `tie_word_embeddings` is what the weights were found to be.
    package func statingTie(in object: JSONObject) -> JSONObject {
        let (key, keys) = ("tie_word_embeddings", family.keys)
        let stated = object[key]?.boolValue ?? keys.tiesWordEmbeddings
        guard keys.vocabulary != nil, stated != tieWordEmbeddings else { return object }
        return object.setting(key, to: .bool(tieWordEmbeddings))
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
