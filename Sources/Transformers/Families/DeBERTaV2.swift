import ModelFiles
import Tensors

/// DeBERTa-v2, and v3, whose checkpoints are of the same type: disentangled attention over logarithmic buckets of
/// distances, position projections shared with the content's, and in the large v2 a convolution beside the first layer.
///
/// Layout as in transformers' `modeling_deberta_v2.py`; https://arxiv.org/abs/2006.03654, v3: 2111.09543.
package enum DeBERTaV2: EncoderFamily {
    package static let modelType = "deberta-v2"
    package static let encoderName = "deberta"
    package static let defaultTargets = ["query_proj", "value_proj"]

    package static func tensorShapes(_ configuration: ModelConfiguration) throws -> [String: [Int]] {
        let shapes = try Checkpoint(configuration).shapes
        return Dictionary(uniqueKeysWithValues: shapes.map { ("\(DeBERTaLayout.name).\($0.key)", $0.value) })
    }

    package static func buildClassifier(_ source: any WeightSource, dtype: DType, task: ClassificationTask) throws
        -> LanguageModel
    {
        let files = EncoderCheckpoint(source, name: DeBERTaLayout.name, dtype: dtype)
        let checkpoint = try Checkpoint(source.configuration)
        try checkpoint.layout.verifyComplete(files, shapes: checkpoint.shapes)
        return LanguageModel(
            configuration: source.configuration, dtype: dtype, embedding: try checkpoint.layout.embedding(files),
            blocks: try checkpoint.blocks(files), head: try checkpoint.layout.head(files, task: task))
    }

    /// What v2 adds to the layout that DeBERTa's versions share.
    private struct Checkpoint {
        let layout: DeBERTaLayout
        let sharesProjections: Bool
        let normalisesPositions: Bool
        /// Taps of the convolution, 0 without one.
        let convolutionSize: Int
        let convolutionGroups: Int

        init(_ configuration: ModelConfiguration) throws {
            let fields = configuration.fields
            layout = DeBERTaLayout(
                configuration: configuration,
                settings: try DeBERTaSettings(
                    configuration, buckets: try fields.int("position_buckets", default: -1), countsNames: false))
            sharesProjections = try fields.bool("share_att_key", default: false)
            normalisesPositions = try fields.string("norm_rel_ebd", default: "none").lowercased()
                .split(separator: "|").contains { $0.filter { $0 != " " } == "layer_norm" }
            convolutionSize = max(0, try fields.int("conv_kernel_size", default: 0))
            convolutionGroups = try fields.int("conv_groups", default: 1)
            let hidden = configuration.hiddenSize
            guard convolutionSize == 0 || convolutionSize % 2 == 1 && convolutionSize <= 1 << 10 else {
                throw ModelFilesError(
                    .unsupported, "\(fields.path): conv_kernel_size is \(convolutionSize), not an odd number of taps.")
            }
            guard convolutionGroups > 0, hidden % convolutionGroups == 0 else {
                throw ModelFilesError(
                    .malformed,
                    "\(fields.path): conv_groups \(convolutionGroups) does not divide hidden_size \(hidden).")
            }
        }

        private var hidden: Int { layout.configuration.hiddenSize }

        /// Names of the projections that positions have of their own.
        private var positionNames: [String] {
            guard layout.settings.table != nil, !sharesProjections else { return [] }
            return (layout.settings.contentToPosition ? ["pos_key_proj"] : [])
                + (layout.settings.positionToContent ? ["pos_query_proj"] : [])
        }

        var shapes: [String: [Int]] {
            var shapes = layout.tensorShapes { prefix in
                var own: [String: [Int]] = [:]
                for name in ["query_proj", "key_proj", "value_proj"] + positionNames {
                    own["\(prefix)\(name).weight"] = [hidden, hidden]
                    own["\(prefix)\(name).bias"] = [hidden]
                }
                return own
            }
            var norms: [String] = []
            if normalisesPositions { norms.append("encoder.LayerNorm") }
            if convolutionSize > 0 {
                norms.append("encoder.conv.LayerNorm")
                shapes["encoder.conv.conv.weight"] = [hidden, hidden / convolutionGroups, convolutionSize]
                shapes["encoder.conv.conv.bias"] = [hidden]
            }
            for norm in norms {
                shapes["\(norm).weight"] = [hidden]
                shapes["\(norm).bias"] = [hidden]
            }
            return shapes
        }

        func blocks(_ files: EncoderCheckpoint) throws -> [any TransformerBlock] {
            let norm = normalisesPositions ? try files.layerNorm("encoder.LayerNorm") : nil
            let embeddings = try layout.relativeEmbeddings(files, norm: norm)
            return try (0..<layout.configuration.layers).map { layer in
                let block = try layout.block(layer, files, embeddings: embeddings) { prefix, embeddings in
                    try attention(prefix, files, embeddings)
                }
                return layer == 0 && convolutionSize > 0 ? try convolved(block, files) : block
            }
        }

        private func attention(_ prefix: String, _ files: EncoderCheckpoint, _ embeddings: Matrix?) throws
            -> (content: ProjectionGroup, layout: ContentLayout, positions: RelativeProjections?)
        {
            func group(_ names: [String]) throws -> ProjectionGroup {
                try files.group(names.map { files.slot(prefix + $0, outputs: hidden, inputs: hidden) })
            }
            let content = try group(["query_proj", "key_proj", "value_proj"])
            let settings = layout.settings
            guard let embeddings, let table = settings.table else { return (content, .sideBySide, nil) }
            func projection(_ wanted: Bool, shared: Int, own: String) throws -> RelativeProjections.Projection? {
                guard wanted else { return nil }
                return sharesProjections
                    ? .init(content, slot: shared, embeddings: embeddings)
                    : .init(try group([own]), embeddings: embeddings)
            }
            let positions = RelativeProjections(
                table: table, embeddings: embeddings,
                keys: try projection(settings.contentToPosition, shared: 1, own: "pos_key_proj"),
                queries: try projection(settings.positionToContent, shared: 0, own: "pos_query_proj"))
            return (content, .sideBySide, positions)
        }

        private func convolved(_ block: EncoderBlock<DisentangledAttention>, _ files: EncoderCheckpoint) throws
            -> any TransformerBlock
        {
            let weight = try files.table(
                "encoder.conv.conv", rows: hidden, columns: hidden / convolutionGroups * convolutionSize)
            let bias = try files.source.vector("\(files.prefix)encoder.conv.conv.bias", count: hidden)
            return ConvolutionBlock(
                block: block,
                convolution: SequenceConvolution(
                    weight: weight, bias: bias, size: convolutionSize, groups: convolutionGroups, dtype: files.dtype),
                activation: try files.activation("conv_act", default: "tanh"),
                norm: try files.layerNorm("encoder.conv.LayerNorm"))
        }
    }
}
