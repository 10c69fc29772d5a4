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
        var layout = try LlamaLayout.gemma(configuration, rotary: rotary)
        // Absent, the caps have transformers' values; null, there are none.
        layout.logitSoftCap = try fields.softCap("final_logit_softcapping", default: 30)
        let cap = try fields.softCap("attn_logit_softcapping", default: 50)
        let masks = try fields.slidingLayers(configuration.layers) { $0 % 2 == 0 }
            .map { try fields.mask(sliding: $0, default: 4096) }
        let scale = try LlamaLayout.gemmaScale(configuration)
        layout.scoring = { AttentionScoring(scale: scale, mask: masks[$0], softCap: cap) }
        return layout.plan
    }
}
