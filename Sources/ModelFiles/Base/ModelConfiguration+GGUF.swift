extension ModelConfiguration {
    /// Reads the metadata of a GGUF file.
    ///
    /// - Throws: `ModelFilesError.malformed` naming a key that is absent or of the wrong kind, `.unsupported` for
    ///   another architecture or for scaled rotary positions.
    package init(gguf: GGUFFile) throws {
        let path = gguf.file.path
        guard let architecture = gguf.metadata["general.architecture"]?.stringValue else {
            throw ModelFilesError(.malformed, "\(path) does not name its general.architecture.")
        }
        func integer(_ key: String, default fallback: Int? = nil) throws -> Int {
            guard let value = gguf.metadata["\(architecture).\(key)"]?.intValue ?? fallback else {
                throw ModelFilesError(.malformed, "\(path) lacks the integer \(architecture).\(key).")
            }
            return value
        }
        if let scaling = gguf.metadata["\(architecture).rope.scaling.type"]?.stringValue, scaling != "none" {
            throw ModelFilesError(.unsupported, "\(path) scales rotary positions by '\(scaling)'; lorad supports none.")
        }
        let heads = try integer("attention.head_count")
        let hidden = try integer("embedding_length")
        self = try ModelConfiguration(
            modelType: architecture, hiddenSize: hidden, intermediateSize: try integer("feed_forward_length"),
            layers: try integer("block_count"), heads: heads,
            keyValueHeads: try integer("attention.head_count_kv", default: heads),
            headDim: try integer("attention.key_length", default: hidden / max(1, heads)),
            vocabularySize: gguf.tensors["token_embd.weight"]?.rows ?? 0, maxPositions: try integer("context_length"),
            ropeTheta: Float(gguf.metadata["\(architecture).rope.freq_base"]?.doubleValue ?? 10_000),
            rmsNormEpsilon: Float(
                gguf.metadata["\(architecture).attention.layer_norm_rms_epsilon"]?.doubleValue ?? 1e-6),
            tieWordEmbeddings: gguf.tensors["output.weight"] == nil,
            bosTokenID: gguf.metadata["tokenizer.ggml.bos_token_id"]?.intValue,
            eosTokenIDs: [gguf.metadata["tokenizer.ggml.eos_token_id"]?.intValue].compactMap { $0 }
        ).checked(path)
    }
}
