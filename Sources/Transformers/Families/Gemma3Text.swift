import ModelFiles
import Tensors

/// Gemma 3, its language model: norms of each query and key head, five layers in six with a window and a theta of
/// their own.
///
/// Layout as in transformers' `modeling_gemma3.py`; https://arxiv.org/abs/2503.19786.
enum Gemma3Text {
    static let descriptor = FamilyDescriptor(
        files: FamilyFiles(
            modelType: "gemma3_text",
            classes: TransformersClasses(base: "Gemma3ForCausalLM", classifier: "Gemma3TextForSequenceClassification"),
            keys: LlamaLayout.keys(
                defaultMaxPositions: 131_072, defaultKeyValueHeads: 4, defaultHeadDim: 256, tiesWordEmbeddings: true,
                rotary: .init(defaultTheta: 1_000_000, slidingTheta: "rope_local_base_freq")),
            tokenizer: FamilyTokenizer("GemmaTokenizer"), gguf: .architecture(gguf)),
        defaultTargets: ["q_proj", "v_proj"],
        scaledTargets: ScaledTargets(outputs: ["q_proj", "v_proj"], inputs: ["down_proj"]),
        architecture: .decoder(plan: plan))

    private static let gguf = LlamaLayout.gguf(
        "gemma3", perLayer: LlamaLayout.ggufGemmaNorms.merging(LlamaLayout.ggufHeadNorms) { $1 }
    ).with {
        $0.normsAddOne = true
        $0.rotaryScalings = ["none", "linear"]
        $0.members = members
    }

    /// Scaling is that of the layers with full attention.
    @Sendable private static func members(
        _ fields: GGUFFields, _ configuration: ModelConfiguration
    ) throws -> [JSONObject.Member] {
        let (kind, factor) = try fields.rotaryScaling()
        let isScaled = kind == "linear"
        let full: [JSONObject.Member] = [
            ("rope_type", .string(isScaled ? "linear" : "default")), ("factor", .number(Double(isScaled ? factor : 1))),
            ("rope_theta", .number(Double(configuration.ropeTheta))),
        ]
        let local: [JSONObject.Member] = [("rope_type", .string("default")), ("rope_theta", .number(10_000))]
        let parameters: [JSONObject.Member] = [
            ("full_attention", .object(JSONObject(full))), ("sliding_attention", .object(JSONObject(local))),
        ]
        var members = try LlamaLayout.gemmaMembers(fields, configuration, largestLayers: 62)
        members.append(("rope_parameters", .object(JSONObject(parameters))))
        let cap = "final_logit_softcapping"
        if fields.file.metadata[fields.key(cap)] != nil {
            members.append((cap, .number(Double(try fields.float(cap)))))
        }
        return members
    }

    @Sendable private static func plan(_ configuration: ModelConfiguration) throws -> DecoderPlan {
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
