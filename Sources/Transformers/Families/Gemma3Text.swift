import ModelFiles
import Tensors

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
        let full = try RotarySettings(configuration).wholeHeads()
        let local = try RotarySettings(configuration, layers: .sliding).wholeHeads()
        var layout = try LlamaLayout.gemma(configuration, rotary: full)
        layout.hasHeadNorms = true
        layout.rotary = { sliding[$0] ? local : full }
        layout.logitSoftCap = try fields.softCap("final_logit_softcapping", default: nil)
        let masks = try sliding.map { try fields.mask(sliding: $0, default: 4096) }
        let scale = try LlamaLayout.gemmaScale(configuration)
        layout.scoring = { AttentionScoring(scale: scale, mask: masks[$0]) }
        return layout.plan
    }
}
