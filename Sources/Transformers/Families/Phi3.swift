import ModelFiles

/// Phi-3 and Phi-4: Llama's layers with q, k and v in one projection and gate and up in another, each of which takes
/// one pair of A and B.
///
/// Layout as in transformers' `modeling_phi3.py`; https://arxiv.org/abs/2404.14219.
package enum Phi3: DecoderFamily {
    package static let modelType = "phi3"
    /// PEFT names none for this type; these hold what it adapts elsewhere.
    package static let defaultTargets = ["qkv_proj"]

    static func plan(_ configuration: ModelConfiguration) throws -> DecoderPlan {
        let fields = configuration.fields
        var layout = LlamaLayout(configuration, rotary: try RotarySettings(configuration).positions())
        layout.isFused = true
        layout.activation = try fields.activation("hidden_act", default: "silu")
        let mask = try fields.mask(sliding: true, default: nil)
        layout.scoring = { _ in AttentionScoring(headDim: configuration.headDim, mask: mask) }
        return layout.plan
    }
}
