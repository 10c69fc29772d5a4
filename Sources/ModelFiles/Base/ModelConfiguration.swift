/// The shape of a model, from config.json or from GGUF metadata under the same names.
package struct ModelConfiguration: Sendable, Equatable {
    /// `model_type`, such as `llama`.
    package var modelType: String
    package var hiddenSize: Int
    package var intermediateSize: Int
    package var layers: Int
    package var heads: Int
    package var keyValueHeads: Int
    package var headDim: Int
    package var vocabularySize: Int
    package var maxPositions: Int
    /// Base of the rotary frequencies.
    package var ropeTheta: Float
    package var rmsNormEpsilon: Float
    package var tieWordEmbeddings: Bool
    package var bosTokenID: Int?
    package var eosTokenIDs: [Int]

    /// Checks what no model can do without, so that later arithmetic cannot overflow or divide by zero.
    func checked(_ source: String) throws -> ModelConfiguration {
        let sizes = [
            "hidden_size": hiddenSize, "intermediate_size": intermediateSize, "num_hidden_layers": layers,
            "num_attention_heads": heads, "num_key_value_heads": keyValueHeads, "head_dim": headDim,
            "vocab_size": vocabularySize, "max_position_embeddings": maxPositions,
        ]
        for (name, size) in sizes.sorted(by: { $0.key < $1.key }) where size < 1 || size > 1 << 24 {
            throw ModelFilesError(.malformed, "\(source) sets \(name) to \(size).")
        }
        guard heads % keyValueHeads == 0, headDim % 2 == 0 else {
            throw ModelFilesError(
                .malformed,
                "\(source) has \(heads) attention heads of \(headDim) for \(keyValueHeads) key/value heads.")
        }
        return self
    }
}
