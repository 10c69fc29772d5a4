import ModelFiles
import Tensors

/// DeBERTa's first version: one projection `in_proj` makes query, key and value head by head, with biases for queries
/// and values alone; positions have projections of their own, and every distance a row.
///
/// Layout as in transformers' `modeling_deberta.py`; https://arxiv.org/abs/2006.03654.
enum DeBERTa {
    static let descriptor = FamilyDescriptor(
        files: FamilyFiles(
            modelType: "deberta",
            classes: TransformersClasses(base: "DebertaModel", classifier: "DebertaForSequenceClassification"),
            keys: DeBERTaLayout.keys,
            tokenizer: FamilyTokenizer("DebertaTokenizer"),
            gguf: .none(because: "llama.cpp has no disentangled attention.")),
        defaultTargets: ["in_proj"],
        scaledTargets: ScaledTargets(outputs: ["in_proj"], inputs: ["output.dense"]),
        architecture: .encoder(
            EncoderArchitecture(name: DeBERTaLayout.name, plan: plan)))

    @Sendable private static func plan(_ configuration: ModelConfiguration) throws -> EncoderPlan {
        let fields = configuration.fields
        guard try !fields.bool("talking_head", default: false) else {
            throw ModelFilesError(
                .unsupported, "\(fields.path): talking_head is true; lorad computes heads that attend each by itself.")
        }
        let settings = try DeBERTaSettings(configuration, buckets: -1, countsNames: true)
        let layout = DeBERTaLayout(configuration, settings)
        let hidden = configuration.hiddenSize
        return try layout.plan { prefix in
            let content = ProjectionPlan(
                slots: [layout.slot("\(prefix)in_proj", 3 * hidden, hidden)],
                bias: .headByHead(
                    query: "\(prefix)q_bias", value: "\(prefix)v_bias", headDim: configuration.headDim))
            var own = DisentangledPlan(layout: .headByHead, table: settings.table)
            if settings.table != nil, settings.contentToPosition {
                let key = layout.slot("\(prefix)pos_proj", hidden, hidden)
                own.keys = .own(ProjectionPlan(slots: [key], hasBias: false))
            }
            if settings.table != nil, settings.positionToContent {
                own.queries = .own(layout.projection(["\(prefix)pos_q_proj"], hidden, hidden))
            }
            return (content, own)
        }
    }
}
