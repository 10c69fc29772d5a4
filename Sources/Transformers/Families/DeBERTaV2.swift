import ModelFiles
import Tensors

/// DeBERTa-v2, and v3, whose checkpoints are of the same type: disentangled attention over logarithmic buckets of
/// distances, position projections shared with the content's, and in the large v2 a convolution beside the first layer.
///
/// Layout as in transformers' `modeling_deberta_v2.py`; https://arxiv.org/abs/2006.03654, v3: 2111.09543.
enum DeBERTaV2 {
    static let descriptor = FamilyDescriptor(
        files: FamilyFiles(
            modelType: "deberta-v2",
            classes: TransformersClasses(base: "DebertaV2Model", classifier: "DebertaV2ForSequenceClassification"),
            keys: DeBERTaLayout.keys,
            tokenizer: FamilyTokenizer("DebertaV2Tokenizer"),
            gguf: .none(because: "llama.cpp has no disentangled attention.")),
        defaultTargets: ["query_proj", "value_proj"],
        scaledTargets: ScaledTargets(outputs: ["key_proj", "value_proj"], inputs: ["output.dense"]),
        architecture: .encoder(
            EncoderArchitecture(name: DeBERTaLayout.name, plan: plan)))

    @Sendable private static func plan(_ configuration: ModelConfiguration) throws -> EncoderPlan {
        let (fields, hidden) = (configuration.fields, configuration.hiddenSize)
        let buckets = try fields.int("position_buckets", default: -1)
        let settings = try DeBERTaSettings(configuration, buckets: buckets, countsNames: false)
        let sharesProjections = try fields.bool("share_att_key", default: false)
        let normalisesPositions = try fields.string("norm_rel_ebd", default: "none").lowercased()
            .split(separator: "|").contains { $0.filter { $0 != " " } == "layer_norm" }
        var layout = DeBERTaLayout(configuration, settings)
        if normalisesPositions { layout.relativeNorm = layout.norm("\(DeBERTaLayout.name).encoder.LayerNorm") }
        layout.convolution = try convolution(configuration, norm: layout.norm)
        return try layout.plan { [layout] prefix in
            func positions(_ isRead: Bool, shared slot: Int, own name: String) -> DisentangledPlan.Projection? {
                guard isRead, settings.table != nil else { return nil }
                return sharesProjections
                    ? .content(slot: slot) : .own(layout.projection([prefix + name], hidden, hidden))
            }
            let names = ["query_proj", "key_proj", "value_proj"].map { prefix + $0 }
            return (
                layout.projection(names, hidden, hidden),
                DisentangledPlan(
                    layout: .sideBySide, table: settings.table,
                    keys: positions(settings.contentToPosition, shared: 1, own: "pos_key_proj"),
                    queries: positions(settings.positionToContent, shared: 0, own: "pos_query_proj"))
            )
        }
    }

    /// Beside the first layer of the large v2; nil without one.
    private static func convolution(
        _ configuration: ModelConfiguration, norm: (String) -> NormPlan
    ) throws -> ConvolutionPlan? {
        let (fields, hidden) = (configuration.fields, configuration.hiddenSize)
        let size = max(0, try fields.int("conv_kernel_size", default: 0))
        let groups = try fields.int("conv_groups", default: 1)
        guard size == 0 || size % 2 == 1 && size <= 1 << 10 else {
            throw ModelFilesError(
                .unsupported, "\(fields.path): conv_kernel_size is \(size), not an odd number of taps.")
        }
        guard groups > 0, hidden % groups == 0 else {
            throw ModelFilesError(
                .malformed, "\(fields.path): conv_groups \(groups) does not divide hidden_size \(hidden).")
        }
        guard size > 0 else { return nil }
        let module = "\(DeBERTaLayout.name).encoder.conv"
        return ConvolutionPlan(
            module: "\(module).conv", channels: hidden, groups: groups, size: size,
            activation: try fields.activation("conv_act", default: "tanh"), norm: norm("\(module).LayerNorm"))
    }
}
