import ModelFiles
import Tensors

/// Gemma, the first: Llama's layers with 1 + w norms, scaled embeddings, and heads of any width.
///
/// Layout as in transformers' `modeling_gemma.py`; https://arxiv.org/abs/2403.08295.
package enum Gemma: DecoderFamily {
    package static let modelType = "gemma"

    static func plan(_ configuration: ModelConfiguration) throws -> DecoderPlan {
        let rotary = try RotarySettings(configuration).wholeHeads()
        var layout = try LlamaLayout.gemma(configuration, rotary: rotary)
        layout.hasOuterNorms = false
        // Its first checkpoints say `gelu` and mean this, as transformers knows.
        layout.activation = .geluTanh
        return layout.plan
    }
}
