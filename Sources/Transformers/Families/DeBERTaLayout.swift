import ModelFiles
import Tensors

/// What DeBERTa's versions share: embeddings, relative embeddings, the feed-forward layers and the head.
struct DeBERTaLayout {
    static let name = "deberta"
    let configuration: ModelConfiguration
    let settings: DeBERTaSettings

    /// Projects the content and the positions of one layer, by the layer's prefix in the checkpoint.
    typealias Attention = (
        _ prefix: String, _ embeddings: Matrix?
    ) throws -> (content: ProjectionGroup, layout: ContentLayout, positions: RelativeProjections?)

    private var hidden: Int { configuration.hiddenSize }

    /// The tensors that all versions have, under `deberta`, without pooler and heads; `attention` adds a layer's own.
    func tensorShapes(attention: (_ prefix: String) -> [String: [Int]]) -> [String: [Int]] {
        var shapes = [
            "embeddings.word_embeddings.weight": [configuration.vocabularySize, settings.embeddingSize],
            "embeddings.LayerNorm.weight": [hidden], "embeddings.LayerNorm.bias": [hidden],
        ]
        if settings.hasAbsolutePositions {
            shapes["embeddings.position_embeddings.weight"] = [configuration.maxPositions, settings.embeddingSize]
        }
        if settings.types > 0 {
            shapes["embeddings.token_type_embeddings.weight"] = [settings.types, settings.embeddingSize]
        }
        if settings.embeddingSize != hidden {
            shapes["embeddings.embed_proj.weight"] = [hidden, settings.embeddingSize]
        }
        if let table = settings.table { shapes["encoder.rel_embeddings.weight"] = [2 * table.span, hidden] }
        for layer in 0..<configuration.layers {
            let prefix = "encoder.layer.\(layer)."
            for (path, outputs, inputs) in dense {
                shapes["\(prefix)\(path).weight"] = [outputs, inputs]
                shapes["\(prefix)\(path).bias"] = [outputs]
            }
            for norm in ["attention.output.LayerNorm", "output.LayerNorm"] {
                shapes["\(prefix)\(norm).weight"] = [hidden]
                shapes["\(prefix)\(norm).bias"] = [hidden]
            }
            shapes.merge(attention("\(prefix)attention.self.")) { _, new in new }
        }
        return shapes
    }

    private var dense: [(path: String, outputs: Int, inputs: Int)] {
        [
            ("attention.output.dense", hidden, hidden), ("intermediate.dense", configuration.intermediateSize, hidden),
            ("output.dense", hidden, configuration.intermediateSize),
        ]
    }

    /// Where a checkpoint keeps absolute positions that its configuration does not use, they are let be.
    func verifyComplete(_ checkpoint: EncoderCheckpoint, shapes: [String: [Int]]) throws {
        let unused = settings.hasAbsolutePositions ? [] : ["embeddings.position_embeddings.weight"]
        let expected = Dictionary(uniqueKeysWithValues: shapes.map { ("\(Self.name).\($0.key)", $0.value) })
        try checkpoint.verifyComplete(expected: expected, ignoring: unused)
    }

    func embedding(_ checkpoint: EncoderCheckpoint) throws -> EncoderEmbedding {
        let size = settings.embeddingSize
        func table(_ name: String, rows: Int) throws -> Matrix {
            try checkpoint.table("embeddings.\(name)", rows: rows, columns: size)
        }
        var projection: ProjectionGroup?
        if size != hidden {
            let slot = checkpoint.slot("embeddings.embed_proj", outputs: hidden, inputs: size)
            projection = try checkpoint.source.projectionGroup([slot], hasBias: false, dtype: checkpoint.dtype)
        }
        return EncoderEmbedding(
            words: try table("word_embeddings", rows: configuration.vocabularySize),
            positions: settings.hasAbsolutePositions
                ? try table("position_embeddings", rows: configuration.maxPositions) : nil,
            positionOffset: 0,
            types: settings.types > 0 ? try table("token_type_embeddings", rows: settings.types) : nil,
            projection: projection, norm: try checkpoint.layerNorm("embeddings.LayerNorm"))
    }

    /// E in the order of `RelativePositions`, the reverse of the checkpoint's, normalised where the model has a norm.
    func relativeEmbeddings(_ checkpoint: EncoderCheckpoint, norm: LayerNorm?) throws -> Matrix? {
        guard let table = settings.table else { return nil }
        let rows = 2 * table.span
        var stored = try checkpoint.table("encoder.rel_embeddings", rows: rows)
        if let norm {
            let normalised = Matrix(rows: rows, columns: hidden)
            norm.forward(stored, into: normalised, statistics: Matrix(rows: rows, columns: norm.statisticsCount))
            stored = normalised
        }
        let reversed = Matrix(rows: rows, columns: hidden)
        Kernels.gatherRows(stored, rows: (0..<Int32(rows)).reversed(), into: reversed)
        return reversed
    }

    func block(
        _ layer: Int, _ checkpoint: EncoderCheckpoint, embeddings: Matrix?, attention: Attention
    ) throws -> EncoderBlock<DisentangledAttention> {
        let prefix = "encoder.layer.\(layer)."
        func group(_ index: Int) throws -> ProjectionGroup {
            let (path, outputs, inputs) = dense[index]
            return try checkpoint.group([checkpoint.slot(prefix + path, outputs: outputs, inputs: inputs)])
        }
        let (content, layout, positions) = try attention("\(prefix)attention.self.", embeddings)
        return EncoderBlock(
            attention: DisentangledAttention(
                content: content, layout: layout, positions: positions, output: try group(0),
                heads: configuration.heads,
                scale: 1 / Float(configuration.headDim * settings.scaleTerms).squareRoot(),
                activation: checkpoint.dtype.compute),
            attentionNorm: try checkpoint.layerNorm("\(prefix)attention.output.LayerNorm"),
            feedForward: FeedForward(
                norm: nil, up: try group(1), down: try group(2), kind: .plain(try checkpoint.activation()),
                activation: checkpoint.dtype.compute),
            outputNorm: try checkpoint.layerNorm("\(prefix)output.LayerNorm"))
    }

    /// The pooler over the first token and the classifier. No pre-trained checkpoint has either, so both are trained.
    func head(_ checkpoint: EncoderCheckpoint, task: ClassificationTask) throws -> ClassificationHead {
        let heads = HeadWeights(checkpoint.source, task: task)
        let pooler = try heads.linear("pooler.dense", outputs: hidden, inputs: hidden, hasBias: true, index: 1)
        let (output, isFresh) = try heads.linear(
            "classifier", outputs: task.outputs, inputs: hidden, hasBias: true, index: 0)
        return ClassificationHead(
            task: task, norm: nil,
            pooler: Pooler(
                .trained(pooler.linear), activation: try checkpoint.activation("pooler_hidden_act"),
                inputDropout: try configuration.fields.float("pooler_dropout", default: 0)),
            output: output, isFresh: isFresh, dropout: try checkpoint.classifierDropout("cls_dropout"))
    }
}
