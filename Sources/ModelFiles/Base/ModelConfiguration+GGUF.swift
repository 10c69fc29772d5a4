extension ModelConfiguration {
    /// Reads the metadata of a GGUF file.
    ///
    /// - Throws: `ModelFilesError.malformed` naming a key that is absent or of the wrong kind, `.unsupported` for
    ///   another architecture or settings that lorad does not compute.
    package init(gguf: GGUFFile) throws {
        let fields = GGUFFields(file: gguf, architecture: try GGUFArchitecture.of(gguf))
        let heads = try fields.int("attention.head_count")
        let hidden = try fields.int("embedding_length")
        let keys = ConfigurationKeys.of(fields.architecture.modelType)
        let share = hidden / max(1, heads)
        let ends = try ["eos", "eot", "eom"].compactMap { try fields.tokenID($0) }
        var configuration = ModelConfiguration(
            modelType: fields.architecture.modelType, hiddenSize: hidden,
            intermediateSize: try fields.int("feed_forward_length"), layers: try fields.int("block_count"),
            heads: heads,
            keyValueHeads: keys.hasGroupedHeads ? try fields.int("attention.head_count_kv", default: heads) : heads,
            headDim: keys.hasGroupedHeads ? try fields.int("attention.key_length", default: share) : share,
            vocabularySize: try fields.vocabularySize(), maxPositions: try fields.int("context_length"),
            ropeTheta: try fields.float("rope.freq_base", default: keys.defaultTheta),
            normEpsilon: try fields.float(fields.architecture.epsilonKey),
            tieWordEmbeddings: gguf.tensors["output.weight"] == nil, bosTokenID: try fields.tokenID("bos"),
            eosTokenIDs: ends.withoutRepetition)
        configuration = try configuration.checked(gguf.location)
        try fields.refuseUnsupported(configuration)
        configuration.fields = try fields.configurationFields(configuration)
        self = configuration
    }
}

extension GGUFArchitecture {
    /// - Throws: `ModelFilesError.malformed` where the file names none, `.unsupported` for one that lorad does not read.
    static func of(_ gguf: GGUFFile) throws -> GGUFArchitecture {
        guard let name = gguf.metadata["general.architecture"]?.stringValue else {
            throw ModelFilesError(.malformed, "\(gguf.location) does not name its general.architecture.")
        }
        if let architecture = known[name] { return architecture }
        try ModelConfiguration.checkModelType(name, gguf.location)
        throw ModelFilesError(.unsupported, "\(gguf.location): the architecture \(quoted(name)) is not read from GGUF.")
    }
}

/// Typed access to a GGUF's metadata under its architecture's prefix.
struct GGUFFields {
    let file: GGUFFile
    let architecture: GGUFArchitecture

    func key(_ name: String) -> String { "\(architecture.name).\(name)" }

    func value<Value>(_ key: String, _ expected: String, _ convert: (GGUFValue) -> Value?) throws -> Value? {
        guard let stored = file.metadata[key] else { return nil }
        guard let value = convert(stored) else {
            throw ModelFilesError(.malformed, "\(file.location): \(key) is of type \(stored.type), not \(expected).")
        }
        return value
    }

    private func absent(_ key: String) -> ModelFilesError {
        ModelFilesError(.malformed, "\(file.location) lacks the metadata \(key).")
    }

    func int(_ name: String, default fallback: Int? = nil) throws -> Int {
        guard let value = try value(key(name), "an integer", \.intValue) ?? fallback else { throw absent(key(name)) }
        return value
    }

    func float(_ name: String, default fallback: Float? = nil) throws -> Float {
        let stored = try value(key(name), "a number") { $0.doubleValue.map { Float($0) } }
        guard let value = stored ?? fallback else { throw absent(key(name)) }
        return value
    }

    func tokenID(_ name: String) throws -> Int? {
        try value("tokenizer.ggml.\(name)_token_id", "an integer", \.intValue)
    }

    /// Rows of the embedding, which the metadata must agree with.
    func vocabularySize() throws -> Int {
        let rows = try file.info("token_embd.weight").rows
        let stated = try int("vocab_size", default: rows)
        let tokens = file.metadata["tokenizer.ggml.tokens"]?.arrayValue?.count ?? rows
        guard stated == rows, tokens == rows else {
            throw ModelFilesError(
                .malformed,
                "\(file.location) has \(rows) rows of embeddings, but a vocab_size of \(stated) and \(tokens) tokens.")
        }
        return rows
    }

    /// Rotary scaling and partial rotation are read where the architecture's converter writes them, see
    /// `configurationFields`; elsewhere they are refused.
    func refuseUnsupported(_ configuration: ModelConfiguration) throws {
        let scaling = try rotaryScaling().kind
        let read = ["gemma3": ["none", "linear"], "phi3": ["none", "longrope"]][architecture.name] ?? ["none"]
        let factors = Self.frequencyFactors
        guard read.contains(scaling), file.tensors[factors] == nil || architecture.name == "llama" else {
            let kind = read.contains(scaling) ? factors : scaling
            throw ModelFilesError(
                .unsupported,
                "\(file.location) scales rotary positions (\(quoted(kind))); lorad does not read that.",
                cause: kind == "linear" ? "llama.cpp computes such a file otherwise than transformers does." : nil,
                advice: "Use the model's Hugging Face folder.")
        }
        let rotated = try int("rope.dimension_count", default: configuration.headDim)
        guard rotated == configuration.headDim || architecture.name == "phi3" else {
            throw ModelFilesError(
                .unsupported,
                "\(file.location) rotates \(rotated) of a head's \(configuration.headDim) dimensions; lorad rotates "
                    + "whole heads.")
        }
        let experts = try int("expert_count", default: 0)
        guard experts == 0 else {
            throw ModelFilesError(
                .unsupported, "\(file.location) is a mixture of \(experts) experts; lorad computes dense models.")
        }
    }
}
