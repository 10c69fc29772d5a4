import ModelFiles

/// Qwen 2 and 2.5: Llama's layers with biases of q, k and v, and in some models a window in the upper layers.
///
/// Layout as in transformers' `modeling_qwen2.py`; https://arxiv.org/abs/2407.10671.
package enum Qwen2: DecoderFamily {
    package static let modelType = "qwen2"

    static func plan(_ configuration: ModelConfiguration) throws -> DecoderPlan {
        var layout = try LlamaLayout.qwen(configuration)
        layout.attentionBias = true
        return layout.plan
    }
}
