import ModelFiles
import Tensors

extension LlamaLayout {
    /// The window begins at layer `max_window_layers`, where `use_sliding_window` is on at all.
    static func qwen(_ configuration: ModelConfiguration) throws -> LlamaLayout {
        let fields = configuration.fields
        var layout = LlamaLayout(configuration, rotary: try RotarySettings(configuration).wholeHeads())
        layout.activation = try fields.activation("hidden_act", default: "silu")
        let usesWindow = try fields.bool("use_sliding_window", default: false)
        let firstWindow = try fields.int("max_window_layers", default: 28)
        let masks = try fields.slidingLayers(configuration.layers) { $0 >= firstWindow }
            .map { try fields.mask(sliding: usesWindow && $0, default: 4096) }
        layout.scoring = { AttentionScoring(headDim: configuration.headDim, mask: masks[$0]) }
        return layout
    }

    /// What all of Gemma share.
    ///
    /// - Parameter activation: under which key the configuration names the function.
    static func gemma(
        _ configuration: ModelConfiguration, rotary: RotaryPositions, activation key: String = "hidden_activation"
    ) throws -> LlamaLayout {
        let fields = configuration.fields
        try fields.refuse("use_bidirectional_attention")
        var layout = LlamaLayout(configuration, rotary: rotary)
        layout.attentionBias = try fields.bool("attention_bias", default: false)
        layout.outputBias = layout.attentionBias
        layout.normsAddOne = true
        layout.hasOuterNorms = true
        layout.activation = try fields.activation(key, default: "gelu_pytorch_tanh")
        layout.embeddingScale = Float(configuration.hiddenSize).squareRoot()
        return layout
    }

    /// 1/√query_pre_attn_scalar in the place of 1/√D.
    static func gemmaScale(_ configuration: ModelConfiguration) throws -> Float {
        1 / (try configuration.fields.positive("query_pre_attn_scalar") ?? 256).squareRoot()
    }
}
