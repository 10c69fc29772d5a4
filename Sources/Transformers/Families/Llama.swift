import ModelFiles

/// Llama and the models that share its architecture, such as SmolLM2.
///
/// Layout as in transformers' `modeling_llama.py`; https://arxiv.org/abs/2302.13971.
package enum Llama: DecoderFamily {
    package static let modelType = "llama"

    static func plan(_ configuration: ModelConfiguration) throws -> DecoderPlan {
        let fields = configuration.fields
        var layout = LlamaLayout(configuration, rotary: try RotarySettings(configuration).wholeHeads())
        layout.attentionBias = try fields.bool("attention_bias", default: false)
        layout.outputBias = layout.attentionBias
        layout.mlpBias = try fields.bool("mlp_bias", default: false)
        layout.activation = try fields.activation("hidden_act", default: "silu")
        return layout.plan
    }
}
