import ModelFiles
import Tensors

/// Gemma 2: a norm before and after each layer, soft caps, and a window in every second layer.
///
/// Layout as in transformers' `modeling_gemma2.py`; https://arxiv.org/abs/2408.00118.
package enum Gemma2: DecoderFamily {
    package static let modelType = "gemma2"

    static func plan(_ configuration: ModelConfiguration) throws -> DecoderPlan {
        let fields = configuration.fields
        let rotary = try RotarySettings(configuration).wholeHeads()
        var layout = try gemmaLayout(configuration, rotary: rotary)
        // Absent, the caps have transformers' values; null, there are none.
        layout.logitSoftCap = try fields.softCap("final_logit_softcapping", default: 30)
        let cap = try fields.softCap("attn_logit_softcapping", default: 50)
        let masks = try fields.slidingLayers(configuration.layers) { $0 % 2 == 0 }
            .map { try fields.mask(sliding: $0) }
        let scale = try gemmaScale(configuration)
        layout.scoring = { AttentionScoring(scale: scale, mask: masks[$0], softCap: cap) }
        return layout.plan
    }
}

/// Gemma 3, its language model: norms of each query and key head, five layers in six with a window and a theta of
/// their own.
///
/// Layout as in transformers' `modeling_gemma3.py`; https://arxiv.org/abs/2503.19786.
package enum Gemma3Text: DecoderFamily {
    package static let modelType = "gemma3_text"

    static func plan(_ configuration: ModelConfiguration) throws -> DecoderPlan {
        let fields = configuration.fields
        try fields.refuse("use_bidirectional_attention")
        let period = try fields.int("sliding_window_pattern", default: 6)
        guard period > 0 else {
            throw TransformersError(.unsupported, "\(fields.path): sliding_window_pattern is \(period).")
        }
        let sliding = try fields.slidingLayers(configuration.layers) { ($0 + 1) % period != 0 }
        let full = try RotarySettings(
            configuration, layerType: "full_attention", defaultTheta: 1_000_000
        ).wholeHeads()
        let local = try RotarySettings(
            configuration, layerType: "sliding_attention", thetaKey: "rope_local_base_freq"
        ).wholeHeads()
        var layout = try gemmaLayout(configuration, rotary: full)
        layout.hasHeadNorms = true
        layout.rotary = { sliding[$0] ? local : full }
        layout.logitSoftCap = try fields.softCap("final_logit_softcapping", default: nil)
        let masks = try sliding.map { try fields.mask(sliding: $0) }
        let scale = try gemmaScale(configuration)
        layout.scoring = { AttentionScoring(scale: scale, mask: masks[$0]) }
        return layout.plan
    }
}

private func gemmaLayout(_ configuration: ModelConfiguration, rotary: RotaryPositions) throws -> LlamaLayout {
    let fields = configuration.fields
    try fields.refuse("use_bidirectional_attention")
    var layout = LlamaLayout(configuration, rotary: rotary)
    layout.attentionBias = try fields.bool("attention_bias", default: false)
    layout.outputBias = layout.attentionBias
    layout.normsAddOne = true
    layout.hasOuterNorms = true
    layout.activation = try fields.activation("hidden_activation", default: "gelu_pytorch_tanh")
    layout.embeddingScale = Float(configuration.hiddenSize).squareRoot()
    return layout
}

/// 1/√query_pre_attn_scalar in the place of 1/√D.
private func gemmaScale(_ configuration: ModelConfiguration) throws -> Float {
    1 / (try configuration.fields.positive("query_pre_attn_scalar") ?? 256).squareRoot()
}
