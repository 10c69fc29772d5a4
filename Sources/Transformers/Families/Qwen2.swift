import ModelFiles

/// Qwen 2 and 2.5: Llama's layers with biases of q, k and v, and in some models a window in the upper layers.
///
/// Layout as in transformers' `modeling_qwen2.py`; https://arxiv.org/abs/2407.10671.
enum Qwen2 {
    static let descriptor = FamilyDescriptor(
        files: FamilyFiles(
            modelType: "qwen2",
            classes: TransformersClasses(base: "Qwen2ForCausalLM", classifier: "Qwen2ForSequenceClassification"),
            keys: LlamaLayout.keys(defaultMaxPositions: 32768, defaultKeyValueHeads: 32),
            tokenizer: FamilyTokenizer("Qwen2Tokenizer", overridesFiles: true),
            gguf: .architecture(LlamaLayout.gguf("qwen2").with { $0.isWritten = true })),
        defaultTargets: ["q_proj", "v_proj"],
        scaledTargets: ScaledTargets(outputs: ["q_proj", "v_proj"], inputs: ["down_proj"]),
        architecture: .decoder(plan: plan))

    @Sendable private static func plan(_ configuration: ModelConfiguration) throws -> DecoderPlan {
        var layout = try LlamaLayout.qwen(configuration)
        layout.attentionBias = true
        return layout.plan
    }
}
