import ModelFiles
import Tensors

/// DeBERTa's first version: one projection `in_proj` makes query, key and value head by head, with biases for queries and
/// values alone; positions have projections of their own, and every distance a row.
///
/// Layout as in transformers' `modeling_deberta.py`; https://arxiv.org/abs/2006.03654.
package enum DeBERTa: EncoderFamily {
    package static let modelType = "deberta"
    package static let encoderName = "deberta"
    package static let defaultTargets = ["in_proj"]

    package static func tensorShapes(_ configuration: ModelConfiguration) throws -> [String: [Int]] {
        Dictionary(
            uniqueKeysWithValues: shapes(try layout(configuration)).map {
                ("\(DeBERTaLayout.name).\($0.key)", $0.value)
            })
    }

    package static func buildClassifier(_ source: any WeightSource, dtype: DType, task: ClassificationTask) throws
        -> LanguageModel
    {
        let files = EncoderCheckpoint(source, name: DeBERTaLayout.name, dtype: dtype)
        let layout = try layout(source.configuration)
        try layout.verifyComplete(files, shapes: shapes(layout))
        let embeddings = try layout.relativeEmbeddings(files, norm: nil)
        let blocks = try (0..<source.configuration.layers).map { layer in
            try layout.block(layer, files, embeddings: embeddings) { prefix, embeddings in
                let content = try content(prefix, files, layout)
                return (content, .headByHead, try positions(prefix, files, layout, embeddings))
            }
        }
        return LanguageModel(
            configuration: source.configuration, dtype: dtype, embedding: try layout.embedding(files), blocks: blocks,
            head: try layout.head(files, task: task))
    }

    private static func layout(_ configuration: ModelConfiguration) throws -> DeBERTaLayout {
        let fields = configuration.fields
        guard try !fields.bool("talking_head", default: false) else {
            throw ModelFilesError(
                .unsupported, "\(fields.path): talking_head is true; lorad computes heads that attend each by itself.")
        }
        return DeBERTaLayout(
            configuration: configuration,
            settings: try DeBERTaSettings(configuration, buckets: -1, countsNames: true))
    }

    private static func shapes(_ layout: DeBERTaLayout) -> [String: [Int]] {
        let hidden = layout.configuration.hiddenSize
        let settings = layout.settings
        return layout.tensorShapes { prefix in
            var own = [
                "\(prefix)in_proj.weight": [3 * hidden, hidden], "\(prefix)q_bias": [hidden],
                "\(prefix)v_bias": [hidden],
            ]
            guard settings.table != nil else { return own }
            if settings.contentToPosition { own["\(prefix)pos_proj.weight"] = [hidden, hidden] }
            if settings.positionToContent {
                own["\(prefix)pos_q_proj.weight"] = [hidden, hidden]
                own["\(prefix)pos_q_proj.bias"] = [hidden]
            }
            return own
        }
    }

    private static func content(_ prefix: String, _ files: EncoderCheckpoint, _ layout: DeBERTaLayout) throws
        -> ProjectionGroup
    {
        let (hidden, headDim) = (layout.configuration.hiddenSize, layout.configuration.headDim)
        let slot = files.slot("\(prefix)in_proj", outputs: 3 * hidden, inputs: hidden)
        let query = try files.source.vector("\(files.prefix)\(prefix)q_bias", count: hidden)
        let value = try files.source.vector("\(files.prefix)\(prefix)v_bias", count: hidden)
        let bias = Matrix(rows: 1, columns: 3 * hidden)
        for head in 0..<layout.configuration.heads {
            let taken = (head * headDim)..<((head + 1) * headDim)
            let start = 3 * taken.lowerBound
            bias.columns(start..<(start + headDim)).copy(from: query.columns(taken))
            bias.columns((start + 2 * headDim)..<(start + 3 * headDim)).copy(from: value.columns(taken))
        }
        return ProjectionGroup(slots: [slot], weight: try weight(slot, files), bias: bias)
    }

    private static func positions(
        _ prefix: String, _ files: EncoderCheckpoint, _ layout: DeBERTaLayout, _ embeddings: Matrix?
    ) throws -> RelativeProjections? {
        guard let embeddings, let table = layout.settings.table else { return nil }
        let hidden = layout.configuration.hiddenSize
        let key = files.slot("\(prefix)pos_proj", outputs: hidden, inputs: hidden)
        let query = files.slot("\(prefix)pos_q_proj", outputs: hidden, inputs: hidden)
        return RelativeProjections(
            table: table, embeddings: embeddings,
            keys: layout.settings.contentToPosition
                ? .init(ProjectionGroup(slots: [key], weight: try weight(key, files)), embeddings: embeddings) : nil,
            queries: layout.settings.positionToContent
                ? .init(try files.group([query]), embeddings: embeddings) : nil)
    }

    private static func weight(_ slot: ProjectionSlot, _ files: EncoderCheckpoint) throws -> FrozenWeight {
        try files.source.frozenWeight([(slot.weightName, slot.outputs)], columns: slot.inputs, dtype: files.dtype)
    }
}
