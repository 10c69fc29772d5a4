import ModelFiles

/// Qwen 3: norms of each query and key head instead of biases.
///
/// Layout as in transformers' `modeling_qwen3.py`; https://arxiv.org/abs/2505.09388.
enum Qwen3 {
    static let descriptor = FamilyDescriptor(
        files: FamilyFiles(
            modelType: "qwen3",
            classes: TransformersClasses(base: "Qwen3ForCausalLM", classifier: "Qwen3ForSequenceClassification"),
            keys: LlamaLayout.keys(defaultMaxPositions: 32768, defaultKeyValueHeads: 32, defaultHeadDim: 128),
            tokenizer: FamilyTokenizer("Qwen2Tokenizer"), gguf: .architecture(gguf)),
        defaultTargets: ["q_proj", "v_proj"],
        scaledTargets: ScaledTargets(outputs: ["q_proj", "v_proj"], inputs: ["down_proj"]),
        architecture: .decoder(plan: plan))

    private static let gguf = LlamaLayout.gguf("qwen3", perLayer: LlamaLayout.ggufHeadNorms).with {
        $0.isWritten = true
    }

    @Sendable private static func plan(_ configuration: ModelConfiguration) throws -> DecoderPlan {
        var layout = try LlamaLayout.qwen(configuration)
        layout.hasHeadNorms = true
        layout.attentionBias = try configuration.fields.bool("attention_bias", default: false)
        layout.outputBias = layout.attentionBias
        return layout.plan
    }
}
