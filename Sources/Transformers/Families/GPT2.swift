import ModelFiles
import Tensors

/// GPT-2: learned positions, LayerNorm, weights stored transposed, q, k and v in one projection with one pair of A
/// and B.
///
/// Layout as in transformers' `modeling_gpt2.py`; https://github.com/openai/gpt-2.
enum GPT2 {
    static let descriptor = FamilyDescriptor(
        files: FamilyFiles(
            modelType: "gpt2",
            classes: TransformersClasses(base: "GPT2LMHeadModel", classifier: "GPT2ForSequenceClassification"),
            keys: keys,
            tokenizer: FamilyTokenizer("GPT2Tokenizer"), gguf: .architecture(gguf)),
        defaultTargets: ["c_attn"],
        scaledTargets: ScaledTargets(outputs: ["c_attn"], inputs: ["mlp.c_proj"]),
        architecture: .decoder(plan: plan))

    private static let keys = ConfigurationKeys(
        defaultMaxPositions: 1024, epsilon: "layer_norm_epsilon", defaultEpsilon: 1e-5, tiesWordEmbeddings: true,
        vocabulary: ("transformer.wte", "lm_head")
    ).with {
        $0.hidden = "n_embd"
        $0.intermediate = "n_inner"
        $0.intermediateRatio = 4
        $0.layers = "n_layer"
        $0.heads = "n_head"
        $0.maxPositions = "n_positions"
        $0.aliases = [
            "n_embd": "hidden_size", "n_layer": "num_hidden_layers", "n_head": "num_attention_heads",
            "n_positions": "max_position_embeddings",
        ]
    }

    private static let gguf = GGUFArchitecture(
        name: "gpt2",
        outer: [
            "token_embd": "transformer.wte", "position_embd": "transformer.wpe", "output_norm": "transformer.ln_f",
            "output": "lm_head",
        ], layerPrefix: "transformer.h.",
        perLayer: [
            "attn_norm": "ln_1", "ffn_norm": "ln_2", "attn_qkv": "attn.c_attn", "attn_output": "attn.c_proj",
            "ffn_up": "mlp.c_fc", "ffn_down": "mlp.c_proj",
        ]
    ).with {
        $0.transposed = ["attn_qkv", "attn_output", "ffn_up", "ffn_down"]
        $0.epsilonKey = "attention.layer_norm_epsilon"
    }

    @Sendable private static func plan(_ configuration: ModelConfiguration) throws -> DecoderPlan {
        let fields = configuration.fields
        try fields.refuse("add_cross_attention")
        let function = try fields.activation("activation_function", default: "gelu_new")
        let scales = try (0..<configuration.layers).map { try scale($0, configuration) }
        return DecoderPlan(
            embedding: EmbeddingPlan(
                tokens: "transformer.wte", width: configuration.hiddenSize,
                positions: (name: "transformer.wpe", count: configuration.maxPositions, offset: 0)),
            layers: scales.enumerated().map { layer($0, configuration, scale: $1, function: function) },
            finalNorm: norm("transformer.ln_f", configuration),
            head: HeadPlan(
                name: configuration.tieWordEmbeddings ? nil : "lm_head", width: configuration.hiddenSize),
            prefix: "transformer.", bufferSuffixes: [".attn.bias", ".attn.masked_bias"])
    }

    private static func layer(
        _ index: Int, _ configuration: ModelConfiguration, scale: Float, function: ActivationFunction
    ) -> LayerPlan {
        let prefix = "transformer.h.\(index)."
        let heads = AttentionHeads(configuration)
        let (hidden, intermediate) = (configuration.hiddenSize, configuration.intermediateSize)
        func projection(_ name: String, _ outputs: Int, _ inputs: Int) -> ProjectionPlan {
            let slot = ProjectionSlot(name: prefix + name, outputs: outputs, inputs: inputs, isTransposed: true)
            return ProjectionPlan(slots: [slot], hasBias: true)
        }
        return LayerPlan(
            attention: AttentionPlan(
                norm: norm(prefix + "ln_1", configuration),
                queryKeyValue: projection("attn.c_attn", heads.columns, hidden),
                output: projection("attn.c_proj", hidden, hidden), heads: heads,
                scoring: AttentionScoring(scale: scale)),
            feedForward: FeedForwardPlan(
                norm: norm(prefix + "ln_2", configuration), up: projection("mlp.c_fc", intermediate, hidden),
                down: projection("mlp.c_proj", hidden, intermediate), kind: .plain(function)))
    }

    /// Factor on the scores of a layer.
    private static func scale(_ layer: Int, _ configuration: ModelConfiguration) throws -> Float {
        let fields = configuration.fields
        let isScaled = try fields.bool("scale_attn_weights", default: true)
        let isByLayer = try fields.bool("scale_attn_by_inverse_layer_idx", default: false)
        return (isScaled ? 1 / Float(configuration.headDim).squareRoot() : 1) / (isByLayer ? Float(layer + 1) : 1)
    }

    private static func norm(_ name: String, _ configuration: ModelConfiguration) -> NormPlan {
        NormPlan(
            name: name, size: configuration.hiddenSize, epsilon: configuration.normEpsilon,
            kind: .layer(hasParameters: true))
    }
}
