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
    /// Positions up to the padding token's id are not used.
    var hasPaddedPositions = false

    /// Those of a model type.
    static func of(_ modelType: String) -> ConfigurationKeys {
        switch modelType {
        case "gpt2": gpt2
        case "opt": opt
        case "gpt_neox":
            ConfigurationKeys(
                epsilon: "layer_norm_eps", defaultEpsilon: 1e-5, hasRotaryPositions: true, theta: "rotary_emb_base")
        case "bert", "roberta":
            ConfigurationKeys(
                defaultMaxPositions: 512, epsilon: "layer_norm_eps", defaultEpsilon: 1e-12, tiesWordEmbeddings: true,
                hasPaddedPositions: modelType == "roberta")
        case "deberta", "deberta-v2":
            ConfigurationKeys(
                defaultMaxPositions: 512, epsilon: "layer_norm_eps", defaultEpsilon: 1e-7, tiesWordEmbeddings: true)
        case "gemma", "gemma2":
            rootMeanSquare(defaultMaxPositions: 8192, defaultHeadDim: 256, tiesWordEmbeddings: true)
        case "gemma3_text":
            rootMeanSquare(
                defaultMaxPositions: 131_072, defaultHeadDim: 256, tiesWordEmbeddings: true, defaultTheta: 1_000_000)
        case "mistral": rootMeanSquare(defaultMaxPositions: 131_072)
        case "phi3": rootMeanSquare(defaultMaxPositions: 4096, defaultEpsilon: 1e-5)
        case "qwen2": rootMeanSquare(defaultMaxPositions: 32768)
        case "qwen3": rootMeanSquare(defaultMaxPositions: 32768, defaultHeadDim: 128)
        default: rootMeanSquare(defaultMaxPositions: 2048)
        }
    }

    private static let gpt2 = ConfigurationKeys(
        hidden: "n_embd", intermediate: "n_inner", intermediateRatio: 4, layers: "n_layer", heads: "n_head",
        maxPositions: "n_positions", defaultMaxPositions: 1024, epsilon: "layer_norm_epsilon", defaultEpsilon: 1e-5,
        tiesWordEmbeddings: true)

    private static let opt = ConfigurationKeys(
        intermediate: "ffn_dim", epsilon: nil, defaultEpsilon: 1e-5, tiesWordEmbeddings: true)

    /// Llama and its relatives.
    private static func rootMeanSquare(
        defaultMaxPositions: Int, defaultHeadDim: Int? = nil, defaultEpsilon: Float = 1e-6,
        tiesWordEmbeddings: Bool = false, defaultTheta: Float = 10_000
    ) -> ConfigurationKeys {
        ConfigurationKeys(
            defaultHeadDim: defaultHeadDim, defaultMaxPositions: defaultMaxPositions, epsilon: "rms_norm_eps",
            defaultEpsilon: defaultEpsilon, tiesWordEmbeddings: tiesWordEmbeddings, hasRotaryPositions: true,
            defaultTheta: defaultTheta)
    }
}
