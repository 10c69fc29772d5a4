import ModelFiles
import Tensors

/// Gemma, the first: Llama's layers with 1 + w norms, scaled embeddings, and heads of any width.
///
/// Layout as in transformers' `modeling_gemma.py`; https://arxiv.org/abs/2403.08295.
package enum Gemma: DecoderFamily {
    package static let modelType = "gemma"

    static func plan(_ configuration: ModelConfiguration) throws -> DecoderPlan {
        let rotary = try RotarySettings(configuration).wholeHeads()
        var layout = try LlamaLayout.gemma(configuration, rotary: rotary, activation: "hidden_act")
        layout.hasOuterNorms = false
        // Its first checkpoints say `gelu` and mean this, as transformers knows.
        if try configuration.fields.string("hidden_act", default: "") == "gelu" { layout.activation = .geluTanh }
        return layout.plan
    }
}
