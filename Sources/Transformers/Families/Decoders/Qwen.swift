import ModelFiles

/// Qwen 2 and 2.5: Llama's layers with biases of q, k and v, and in some models a window in the upper layers.
///
/// Layout as in transformers' `modeling_qwen2.py`; https://arxiv.org/abs/2407.10671.
package enum Qwen2: DecoderFamily {
    package static let modelType = "qwen2"

    static func plan(_ configuration: ModelConfiguration) throws -> DecoderPlan {
        var layout = try qwenLayout(configuration)
        layout.attentionBias = true
        return layout.plan
    }
}

/// Qwen 3: norms of each query and key head instead of biases.
///
/// Layout as in transformers' `modeling_qwen3.py`; https://arxiv.org/abs/2505.09388.
package enum Qwen3: DecoderFamily {
    package static let modelType = "qwen3"

    static func plan(_ configuration: ModelConfiguration) throws -> DecoderPlan {
        var layout = try qwenLayout(configuration)
        layout.hasHeadNorms = true
        layout.attentionBias = try configuration.fields.bool("attention_bias", default: false)
        layout.outputBias = layout.attentionBias
        return layout.plan
    }
}

/// The window begins at layer `max_window_layers`, where `use_sliding_window` is on at all.
private func qwenLayout(_ configuration: ModelConfiguration) throws -> LlamaLayout {
    let fields = configuration.fields
    var layout = LlamaLayout(configuration, rotary: try RotarySettings(configuration).wholeHeads())
    layout.activation = try fields.activation("hidden_act", default: "silu")
    let usesWindow = try fields.bool("use_sliding_window", default: false)
    let firstWindow = try fields.int("max_window_layers", default: 28)
    let masks = try fields.slidingLayers(configuration.layers) { $0 >= firstWindow }
        .map { try fields.mask(sliding: usesWindow && $0) }
    layout.scoring = { AttentionScoring(headDim: configuration.headDim, mask: masks[$0]) }
    return layout
}
