import ModelFiles
import Tensors

/// GPT-NeoX and Pythia: attention and feed-forward layer side by side, a part of each head rotated, and queries, keys
/// and values of each head next to each other in one projection.
///
/// Layout as in transformers' `modeling_gpt_neox.py`; https://arxiv.org/abs/2204.06745.
enum GPTNeoX {
    static let descriptor = FamilyDescriptor(
        files: FamilyFiles(
            modelType: "gpt_neox",
            classes: TransformersClasses(base: "GPTNeoXForCausalLM", classifier: "GPTNeoXForSequenceClassification"),
            keys: ConfigurationKeys(
                defaultMaxPositions: 2048, epsilon: "layer_norm_eps", defaultEpsilon: 1e-5, tiesWordEmbeddings: false,
                vocabulary: ("gpt_neox.embed_in", "embed_out")
            ).with { $0.rotary = .init(theta: "rotary_emb_base", share: "rotary_pct", defaultShare: 0.25) },
            tokenizer: FamilyTokenizer("GPTNeoXTokenizer"),
            gguf: .none(because: "lorad has no mapping of llama.cpp's gptneox.")),
        defaultTargets: ["query_key_value"],
        scaledTargets: ScaledTargets(outputs: ["query_key_value"], inputs: ["dense_4h_to_h"]),
        architecture: .decoder(plan: plan))

    @Sendable private static func plan(_ configuration: ModelConfiguration) throws -> DecoderPlan {
        let fields = configuration.fields
        // transformers takes the share of a `head_dim`, though these heads have none but hidden / heads.
        let headDim = try fields.int("head_dim", default: configuration.headDim)
        let rotary = try RotarySettings(configuration, headDim: headDim).positions()
        let isParallel = try fields.bool("use_parallel_residual", default: true)
        let hasBias = try fields.bool("attention_bias", default: true)
        let function = try fields.activation("hidden_act", default: "gelu")
        return DecoderPlan(
            embedding: EmbeddingPlan(tokens: "gpt_neox.embed_in", width: configuration.hiddenSize),
            layers: (0..<configuration.layers).map { index in
                var layer = layer(index, configuration, rotary: rotary, hasBias: hasBias, function: function)
                layer.residual = isParallel ? .parallel : .sequential
                return layer
            },
            finalNorm: norm("gpt_neox.final_layer_norm", configuration),
            head: HeadPlan(
                name: configuration.tieWordEmbeddings ? nil : "embed_out", path: "lm_head",
                width: configuration.hiddenSize),
            prefix: "gpt_neox.", bufferSuffixes: [".attention.bias", ".attention.masked_bias"],
            cacheLimit: rotary.shortLimit)
    }

    private static func layer(
        _ index: Int, _ configuration: ModelConfiguration, rotary: RotaryPositions, hasBias: Bool,
        function: ActivationFunction
    ) -> LayerPlan {
        let prefix = "gpt_neox.layers.\(index)."
        let heads = AttentionHeads(configuration, isInterleaved: true)
        let (hidden, intermediate) = (configuration.hiddenSize, configuration.intermediateSize)
        func projection(_ name: String, _ outputs: Int, _ inputs: Int, bias: Bool) -> ProjectionPlan {
            let slot = ProjectionSlot(name: prefix + name, outputs: outputs, inputs: inputs)
            return ProjectionPlan(slots: [slot], hasBias: bias)
        }
        return LayerPlan(
            attention: AttentionPlan(
                norm: norm(prefix + "input_layernorm", configuration),
                queryKeyValue: projection("attention.query_key_value", heads.columns, hidden, bias: hasBias),
                output: projection("attention.dense", hidden, hidden, bias: hasBias), heads: heads, rotary: rotary,
                scoring: AttentionScoring(headDim: configuration.headDim)),
            feedForward: FeedForwardPlan(
                norm: norm(prefix + "post_attention_layernorm", configuration),
                up: projection("mlp.dense_h_to_4h", intermediate, hidden, bias: true),
                down: projection("mlp.dense_4h_to_h", hidden, intermediate, bias: true), kind: .plain(function)))
    }

    private static func norm(_ name: String, _ configuration: ModelConfiguration) -> NormPlan {
        NormPlan(
            name: name, size: configuration.hiddenSize, epsilon: configuration.normEpsilon,
            kind: .layer(hasParameters: true))
    }
}
