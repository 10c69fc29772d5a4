/// What a family calls the sizes that every model has, and transformers' defaults for those that may be absent.
///
/// Names and defaults as in transformers' `configuration_<model_type>.py`.
struct ConfigurationKeys: Sendable {
    var hidden = "hidden_size"
    var intermediate = "intermediate_size"
    /// Width of the feed-forward layers over `hidden` where it may be absent.
    var intermediateRatio: Int?
    var layers = "num_hidden_layers"
    var heads = "num_attention_heads"
    /// Other names of the same sizes, which win where a file has both: transformers' `attribute_map` sets them last.
    var aliases: [String: String] = [:]
    /// Whether heads may share keys and values, and be wider than hidden / heads, as `num_key_value_heads` and `head_dim`
    /// say. Elsewhere these keys are not the family's, and are not read.
    var hasGroupedHeads = false
    /// Key/value heads where the key is absent; nil for as many as heads, which null stands for too.
    var defaultKeyValueHeads: Int?
    /// A head's dimensions where they may be absent; nil for hidden / heads.
    var defaultHeadDim: Int?
    var maxPositions = "max_position_embeddings"
    var defaultMaxPositions = 2048
    /// Nil where the norms' epsilon cannot be set.
    var epsilon: String?
    var defaultEpsilon: Float
    var tiesWordEmbeddings = false
    var hasRotaryPositions = false
    /// Of the rotary frequencies, at the top level.
    var theta = "rope_theta"
    var defaultTheta: Float = 10_000
    /// Of the share of a head's dimensions that is rotated, at the top level.
    var rotaryShare = "partial_rotary_factor"
    var defaultRotaryShare: Float = 1
    /// Module of the embedding, and of the vocabulary head that may be the same weights; nil for an encoder.
    var vocabulary: (embedding: String, head: String)? = ("model.embed_tokens", "lm_head")
    /// Positions up to the padding token's id are not used.
    var hasPaddedPositions = false

    /// Those of a model type.
    static func of(_ modelType: String) -> ConfigurationKeys {
        switch modelType {
        case "gpt2": gpt2
        case "opt": opt
        case "gpt_neox":
            ConfigurationKeys(
                epsilon: "layer_norm_eps", defaultEpsilon: 1e-5, hasRotaryPositions: true, theta: "rotary_emb_base",
                rotaryShare: "rotary_pct", defaultRotaryShare: 0.25, vocabulary: ("gpt_neox.embed_in", "embed_out"))
        case "bert", "roberta":
            ConfigurationKeys(
                defaultMaxPositions: 512, epsilon: "layer_norm_eps", defaultEpsilon: 1e-12, tiesWordEmbeddings: true,
                vocabulary: nil, hasPaddedPositions: modelType == "roberta")
        case "deberta", "deberta-v2":
            ConfigurationKeys(
                defaultMaxPositions: 512, epsilon: "layer_norm_eps", defaultEpsilon: 1e-7, tiesWordEmbeddings: true,
                vocabulary: nil)
        case "gemma", "gemma2":
            rootMeanSquare(
                defaultMaxPositions: 8192, defaultKeyValueHeads: modelType == "gemma" ? 16 : 4, defaultHeadDim: 256,
                tiesWordEmbeddings: true)
        case "gemma3_text":
            rootMeanSquare(
                defaultMaxPositions: 131_072, defaultKeyValueHeads: 4, defaultHeadDim: 256, tiesWordEmbeddings: true,
                defaultTheta: 1_000_000)
        case "mistral": rootMeanSquare(defaultMaxPositions: 131_072, defaultKeyValueHeads: 8)
        case "phi3": rootMeanSquare(defaultMaxPositions: 4096, defaultEpsilon: 1e-5)
        case "qwen2": rootMeanSquare(defaultMaxPositions: 32768, defaultKeyValueHeads: 32)
        case "qwen3": rootMeanSquare(defaultMaxPositions: 32768, defaultKeyValueHeads: 32, defaultHeadDim: 128)
        default: rootMeanSquare(defaultMaxPositions: 2048)
        }
    }

    private static let gpt2 = ConfigurationKeys(
        hidden: "n_embd", intermediate: "n_inner", intermediateRatio: 4, layers: "n_layer", heads: "n_head",
        aliases: [
            "n_embd": "hidden_size", "n_layer": "num_hidden_layers", "n_head": "num_attention_heads",
            "n_positions": "max_position_embeddings",
        ],
        maxPositions: "n_positions", defaultMaxPositions: 1024, epsilon: "layer_norm_epsilon", defaultEpsilon: 1e-5,
        tiesWordEmbeddings: true, vocabulary: ("transformer.wte", "lm_head"))

    private static let opt = ConfigurationKeys(
        intermediate: "ffn_dim", epsilon: nil, defaultEpsilon: 1e-5, tiesWordEmbeddings: true,
        vocabulary: ("model.decoder.embed_tokens", "lm_head"))

    /// Llama and its relatives.
    private static func rootMeanSquare(
        defaultMaxPositions: Int, defaultKeyValueHeads: Int? = nil, defaultHeadDim: Int? = nil,
        defaultEpsilon: Float = 1e-6, tiesWordEmbeddings: Bool = false, defaultTheta: Float = 10_000
    ) -> ConfigurationKeys {
        ConfigurationKeys(
            hasGroupedHeads: true, defaultKeyValueHeads: defaultKeyValueHeads, defaultHeadDim: defaultHeadDim,
            defaultMaxPositions: defaultMaxPositions, epsilon: "rms_norm_eps",
            defaultEpsilon: defaultEpsilon, tiesWordEmbeddings: tiesWordEmbeddings, hasRotaryPositions: true,
            defaultTheta: defaultTheta)
    }
}
