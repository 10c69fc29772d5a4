import ModelFiles

/// What the files of Llama and its relatives have in common.
extension LlamaLayout {
    /// Grouped heads, rotary positions and RMSNorm under Llama's names; a family says what its defaults are.
    static func keys(
        defaultMaxPositions: Int, defaultKeyValueHeads: Int? = nil, defaultHeadDim: Int? = nil,
        defaultEpsilon: Float = 1e-6, tiesWordEmbeddings: Bool = false, rotary: ConfigurationKeys.Rotary = .init()
    ) -> ConfigurationKeys {
        ConfigurationKeys(
            defaultMaxPositions: defaultMaxPositions, epsilon: "rms_norm_eps", defaultEpsilon: defaultEpsilon,
            tiesWordEmbeddings: tiesWordEmbeddings, vocabulary: ("model.embed_tokens", "lm_head")
        ).with {
            $0.groupedHeads = .init(defaultKeyValueHeads: defaultKeyValueHeads, defaultHeadDim: defaultHeadDim)
            $0.rotary = rotary
        }
    }

    /// Llama's modules in GGUF, with some in each layer added or called otherwise.
    static func gguf(_ name: String, perLayer own: [String: String] = [:]) -> GGUFArchitecture {
        GGUFArchitecture(
            name: name,
            outer: ["token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"],
            layerPrefix: "model.layers.",
            perLayer: [
                "attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm",
                "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj",
                "attn_output": "self_attn.o_proj", "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj",
                "ffn_down": "mlp.down_proj",
            ].merging(own) { $1 })
    }

    /// Norms of each query and key head in GGUF.
    static let ggufHeadNorms = ["attn_q_norm": "self_attn.q_norm", "attn_k_norm": "self_attn.k_norm"]

    /// The norms of Gemma from its second generation on: one after attention, the next before the feed-forward layer.
    static let ggufGemmaNorms = [
        "post_attention_norm": "post_attention_layernorm", "ffn_norm": "pre_feedforward_layernorm",
        "post_ffw_norm": "post_feedforward_layernorm",
    ]

    /// What llama.cpp knows of a Gemma with windows: the largest model of each generation scales by the width of its
    /// heads in the hidden size, the others by the heads' own.
    static func gemmaMembers(
        _ fields: GGUFFields, _ configuration: ModelConfiguration, largestLayers: Int
    ) throws -> [JSONObject.Member] {
        let isLargest = configuration.layers == largestLayers
        let scale = isLargest ? configuration.hiddenSize / configuration.heads : configuration.headDim
        return [
            ("query_pre_attn_scalar", .integer(scale)),
            ("sliding_window", .integer(try fields.int("attention.sliding_window", default: 4096))),
        ]
    }
}
