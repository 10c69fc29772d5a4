import ModelFiles

/// Phi-3 and Phi-4: Llama's layers with q, k and v in one projection and gate and up in another, each of which takes
/// one pair of A and B.
///
/// Layout as in transformers' `modeling_phi3.py`; https://arxiv.org/abs/2404.14219.
enum Phi3 {
    static let descriptor = FamilyDescriptor(
        files: FamilyFiles(
            modelType: "phi3",
            classes: TransformersClasses(base: "Phi3ForCausalLM", classifier: "Phi3ForSequenceClassification"),
            keys: LlamaLayout.keys(defaultMaxPositions: 4096, defaultEpsilon: 1e-5),
            tokenizer: FamilyTokenizer(FamilyTokenizer.generic, overridesFiles: true), gguf: .architecture(gguf)),
        // PEFT names none for this type; these hold what it adapts elsewhere.
        defaultTargets: ["qkv_proj"], architecture: .decoder(plan: plan))

    private static let (shortFactors, longFactors) = ("rope_factors_short.weight", "rope_factors_long.weight")

    private static let gguf = GGUFArchitecture(
        name: "phi3",
        outer: ["token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"],
        layerPrefix: "model.layers.",
        perLayer: [
            "attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm", "attn_qkv": "self_attn.qkv_proj",
            "attn_output": "self_attn.o_proj", "ffn_up": "mlp.gate_up_proj", "ffn_down": "mlp.down_proj",
        ]
    ).with {
        $0.ignored = [shortFactors, longFactors]
        $0.rotaryScalings = ["none", "longrope"]
        $0.readsRotatedShare = true
        $0.members = members
    }

    @Sendable private static func members(
        _ fields: GGUFFields, _ configuration: ModelConfiguration
    ) throws -> [JSONObject.Member] {
        let window = try fields.int("attention.sliding_window", default: 0)
        let rotated = try fields.int("rope.dimension_count", default: configuration.headDim)
        let share = Double(rotated) / Double(configuration.headDim)
        let original = try fields.int("rope.scaling.original_context_length", default: configuration.maxPositions)
        var rope: [JSONObject.Member] = [
            ("rope_theta", .number(Double(configuration.ropeTheta))), ("partial_rotary_factor", .number(share)),
        ]
        if fields.file.tensors[shortFactors] != nil {
            rope += [
                ("rope_type", .string("longrope")), ("short_factor", try fields.numbers(of: shortFactors)),
                ("long_factor", try fields.numbers(of: longFactors)),
                ("original_max_position_embeddings", .integer(original)),
                ("attention_factor", .number(Double(try fields.float("rope.scaling.attn_factor", default: 1)))),
            ]
        } else {
            rope.append(("rope_type", .string("default")))
        }
        return [
            ("sliding_window", window > 0 ? .integer(window) : .null),
            ("original_max_position_embeddings", .integer(original)), ("rope_parameters", .object(JSONObject(rope))),
        ]
    }

    @Sendable private static func plan(_ configuration: ModelConfiguration) throws -> DecoderPlan {
        let fields = configuration.fields
        let rotary = try RotarySettings(configuration, longRoPE: .init(originalPositions: 4096)).positions()
        var layout = LlamaLayout(configuration, rotary: rotary)
        layout.isFused = true
        layout.activation = try fields.activation("hidden_act", default: "silu")
        let mask = try fields.mask(sliding: true, default: nil)
        layout.scoring = { _ in AttentionScoring(headDim: configuration.headDim, mask: mask) }
        return layout.plan
    }
}
