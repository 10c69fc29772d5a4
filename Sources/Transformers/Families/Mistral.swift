import ModelFiles

/// Llama's layers, each of which sees a window of the last tokens only.
///
/// Layout as in transformers' `modeling_mistral.py`; https://arxiv.org/abs/2310.06825.
enum Mistral {
    static let descriptor = FamilyDescriptor(
        files: FamilyFiles(
            modelType: "mistral",
            classes: TransformersClasses(base: "MistralForCausalLM", classifier: "MistralForSequenceClassification"),
            keys: LlamaLayout.keys(defaultMaxPositions: 131_072, defaultKeyValueHeads: 8),
            tokenizer: FamilyTokenizer(FamilyTokenizer.generic),
            gguf: .none(because: "lorad has no mapping of it: llama.cpp writes it under Llama's name.")),
        defaultTargets: ["q_proj", "v_proj"],
        scaledTargets: ScaledTargets(outputs: ["k_proj", "v_proj"], inputs: ["down_proj"]),
        architecture: .decoder(plan: plan))

    @Sendable private static func plan(_ configuration: ModelConfiguration) throws -> DecoderPlan {
        let fields = configuration.fields
        var layout = LlamaLayout(configuration, rotary: try RotarySettings(configuration).wholeHeads())
        layout.activation = try fields.activation("hidden_act", default: "silu")
        let mask = try fields.mask(sliding: true, default: 4096)
        layout.scoring = { _ in AttentionScoring(headDim: configuration.headDim, mask: mask) }
        return layout.plan
    }
}
