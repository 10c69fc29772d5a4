import ModelFiles
import Tensors

/// Gemma 2: a norm before and after each layer, soft caps, and a window in every second layer.
///
/// Layout as in transformers' `modeling_gemma2.py`; https://arxiv.org/abs/2408.00118.
enum Gemma2 {
    static let descriptor = FamilyDescriptor(
        files: FamilyFiles(
            modelType: "gemma2",
            classes: TransformersClasses(base: "Gemma2ForCausalLM", classifier: "Gemma2ForSequenceClassification"),
            keys: LlamaLayout.keys(
                defaultMaxPositions: 8192, defaultKeyValueHeads: 4, defaultHeadDim: 256, tiesWordEmbeddings: true),
            tokenizer: FamilyTokenizer("GemmaTokenizer"), gguf: .architecture(gguf)),
        defaultTargets: ["q_proj", "v_proj"],
        scaledTargets: ScaledTargets(outputs: ["q_proj", "v_proj"], inputs: ["down_proj"]),
        architecture: .decoder(plan: plan))

    private static let gguf = LlamaLayout.gguf("gemma2", perLayer: LlamaLayout.ggufGemmaNorms).with {
        $0.normsAddOne = true
        $0.members = { fields, configuration in
            let members = try LlamaLayout.gemmaMembers(fields, configuration, largestLayers: 46)
            let caps: [(String, Float)] = [("attn_logit_softcapping", 50), ("final_logit_softcapping", 30)]
            return try members
                + caps.map { ($0, JSONValue.number(Double(try fields.float($0, default: $1)))) }
        }
    }

    @Sendable private static func plan(_ configuration: ModelConfiguration) throws -> DecoderPlan {
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
