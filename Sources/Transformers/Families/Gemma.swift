import ModelFiles
import Tensors

/// Gemma, the first: Llama's layers with 1 + w norms, scaled embeddings, and heads of any width.
///
/// Layout as in transformers' `modeling_gemma.py`; https://arxiv.org/abs/2403.08295.
enum Gemma {
    static let descriptor = FamilyDescriptor(
        files: FamilyFiles(
            modelType: "gemma",
            classes: TransformersClasses(base: "GemmaForCausalLM", classifier: "GemmaForSequenceClassification"),
            keys: LlamaLayout.keys(
                defaultMaxPositions: 8192, defaultKeyValueHeads: 16, defaultHeadDim: 256, tiesWordEmbeddings: true),
            tokenizer: FamilyTokenizer("GemmaTokenizer"),
            gguf: .architecture(LlamaLayout.gguf("gemma").with { $0.normsAddOne = true })),
        defaultTargets: ["q_proj", "v_proj"],
        scaledTargets: ScaledTargets(outputs: ["q_proj", "v_proj"], inputs: ["down_proj"]),
        architecture: .decoder(plan: plan))

    @Sendable private static func plan(_ configuration: ModelConfiguration) throws -> DecoderPlan {
        let rotary = try RotarySettings(configuration).wholeHeads()
        var layout = try LlamaLayout.gemma(configuration, rotary: rotary, activation: "hidden_act")
        layout.hasOuterNorms = false
        // Its first checkpoints say `gelu` and mean this, as transformers knows.
        if try configuration.fields.string("hidden_act", default: "") == "gelu" { layout.activation = .geluTanh }
        return layout.plan
    }
}
