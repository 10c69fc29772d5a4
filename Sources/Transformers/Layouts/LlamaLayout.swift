import ModelFiles
import Tensors

/// The names and the composition that Llama and its relatives share; each family changes what is particular to it.
struct LlamaLayout {
    let configuration: ModelConfiguration
    var attentionBias = false
    var outputBias = false
    var mlpBias = false
    /// Norms of each query and key head, `q_norm` and `k_norm`.
    var hasHeadNorms = false
    /// Queries, keys and values in `qkv_proj`, gate and up in `gate_up_proj`.
    var isFused = false
    /// Norm weights are stored as w − 1.
    var normsAddOne = false
    /// A norm before and one after each layer; else one before.
    var hasOuterNorms = false
    var activation = ActivationFunction.silu
    var embeddingScale: Float = 1
    var logitSoftCap: Float?
    var scoring: (_ layer: Int) -> AttentionScoring
    var rotary: (_ layer: Int) -> RotaryPositions

    init(_ configuration: ModelConfiguration, rotary: RotaryPositions) {
        self.configuration = configuration
        let scoring = AttentionScoring(headDim: configuration.headDim)
        self.scoring = { _ in scoring }
        self.rotary = { _ in rotary }
    }

    var plan: DecoderPlan {
        DecoderPlan(
            embedding: EmbeddingPlan(
                tokens: "model.embed_tokens", width: configuration.hiddenSize, scale: embeddingScale,
                padding: configuration.fields.padding(default: nil)),
            layers: (0..<configuration.layers).map(layer), finalNorm: norm("model.norm"),
            head: HeadPlan(
                name: configuration.tieWordEmbeddings ? nil : "lm_head", width: configuration.hiddenSize,
                softCap: logitSoftCap),
            prefix: "model.",
            cacheLimit: rotary(0).shortLimit)
    }

    private func layer(_ index: Int) -> LayerPlan {
        let prefix = "model.layers.\(index)."
        let heads = AttentionHeads(configuration)
        let hidden = configuration.hiddenSize
        func projection(_ names: [(String, Int)], inputs: Int, bias: Bool) -> ProjectionPlan {
            ProjectionPlan(
                slots: names.map { ProjectionSlot(name: prefix + $0.0, outputs: $0.1, inputs: inputs) }, hasBias: bias)
        }
        let intermediate = configuration.intermediateSize
        let queryKeyValue =
            isFused
            ? [("self_attn.qkv_proj", heads.columns)]
            : [
                ("self_attn.q_proj", heads.queryColumns), ("self_attn.k_proj", heads.keyColumns),
                ("self_attn.v_proj", heads.keyColumns),
            ]
        let gateUp =
            isFused
            ? [("mlp.gate_up_proj", 2 * intermediate)]
            : [("mlp.gate_proj", intermediate), ("mlp.up_proj", intermediate)]
        let after = prefix + "post_attention_layernorm"
        return LayerPlan(
            attention: AttentionPlan(
                norm: norm(prefix + "input_layernorm"),
                queryKeyValue: projection(queryKeyValue, inputs: hidden, bias: attentionBias),
                output: projection([("self_attn.o_proj", hidden)], inputs: heads.queryColumns, bias: outputBias),
                heads: heads, headNorms: headNorms(prefix + "self_attn."),
                outputNorm: hasOuterNorms ? norm(after) : nil, rotary: rotary(index), scoring: scoring(index)),
            feedForward: FeedForwardPlan(
                norm: norm(hasOuterNorms ? prefix + "pre_feedforward_layernorm" : after),
                up: projection(gateUp, inputs: hidden, bias: mlpBias),
                down: projection([("mlp.down_proj", hidden)], inputs: intermediate, bias: mlpBias),
                kind: .gated(activation), outputNorm: hasOuterNorms ? norm(prefix + "post_feedforward_layernorm") : nil)
        )
    }

    private func headNorms(_ prefix: String) -> (query: NormPlan, key: NormPlan)? {
        guard hasHeadNorms else { return nil }
        let size = configuration.headDim
        return (norm(prefix + "q_norm", size: size), norm(prefix + "k_norm", size: size))
    }

    private func norm(_ name: String, size: Int? = nil) -> NormPlan {
        NormPlan(
            name: name, size: size ?? configuration.hiddenSize, epsilon: configuration.normEpsilon,
            kind: .rootMeanSquare(addsOne: normsAddOne))
    }
}
