import ModelFiles

/// Llama and the models that share its architecture, such as SmolLM2.
///
/// Layout as in transformers' `modeling_llama.py`; https://arxiv.org/abs/2302.13971.
enum Llama {
    static let descriptor = FamilyDescriptor(
        files: FamilyFiles(
            modelType: "llama",
            classes: TransformersClasses(base: "LlamaForCausalLM", classifier: "LlamaForSequenceClassification"),
            keys: LlamaLayout.keys(defaultMaxPositions: 2048),
            tokenizer: FamilyTokenizer(nil), gguf: .architecture(gguf)),
        defaultTargets: ["q_proj", "v_proj"],
        scaledTargets: ScaledTargets(outputs: ["k_proj", "v_proj"], inputs: ["down_proj"]),
        architecture: .decoder(plan: plan))

    private static let gguf = LlamaLayout.gguf("llama").with {
        $0.permuted = ["attn_q", "attn_k"]
        $0.ignored = [GGUFFields.frequencyFactors]
        $0.readsFrequencyFactors = true
        $0.isWritten = true
        $0.writtenMembers = [
            ("attention_bias", .bool(false)), ("hidden_act", .string("silu")), ("mlp_bias", .bool(false)),
        ]
        $0.members = members
    }

    /// Llama 3's frequencies are divided by a factor each, which a config.json can say as LongRoPE with one list only.
    @Sendable private static func members(
        _ fields: GGUFFields, _ configuration: ModelConfiguration
    ) throws -> [JSONObject.Member] {
        let tensors = fields.file.tensors
        let bias = ("attention_bias", JSONValue.bool(tensors["blk.0.attn_q.bias"] != nil))
        guard tensors[GGUFFields.frequencyFactors] != nil else { return [bias] }
        let factors = try fields.numbers(of: GGUFFields.frequencyFactors)
        let rope: [JSONObject.Member] = [
            ("rope_type", .string("longrope")), ("short_factor", factors), ("long_factor", factors),
            ("original_max_position_embeddings", .integer(configuration.maxPositions)), ("factor", .number(1)),
            ("attention_factor", .number(1)), ("rope_theta", .number(Double(configuration.ropeTheta))),
        ]
        return [bias, ("rope_parameters", .object(JSONObject(rope)))]
    }

    @Sendable private static func plan(_ configuration: ModelConfiguration) throws -> DecoderPlan {
        let fields = configuration.fields
        var layout = LlamaLayout(configuration, rotary: try RotarySettings(configuration).wholeHeads())
        layout.attentionBias = try fields.bool("attention_bias", default: false)
        layout.outputBias = layout.attentionBias
        layout.mlpBias = try fields.bool("mlp_bias", default: false)
        layout.activation = try fields.activation("hidden_act", default: "silu")
        return layout.plan
    }
}
