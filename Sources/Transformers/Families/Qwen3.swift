import ModelFiles

/// Qwen 3: norms of each query and key head instead of biases.
///
/// Layout as in transformers' `modeling_qwen3.py`; https://arxiv.org/abs/2505.09388.
package enum Qwen3: DecoderFamily {
    package static let modelType = "qwen3"

    static func plan(_ configuration: ModelConfiguration) throws -> DecoderPlan {
        var layout = try LlamaLayout.qwen(configuration)
        layout.hasHeadNorms = true
        layout.attentionBias = try configuration.fields.bool("attention_bias", default: false)
        layout.outputBias = layout.attentionBias
        return layout.plan
    }
}
