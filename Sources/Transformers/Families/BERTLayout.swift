import ModelFiles
import Tensors

/// The encoder that BERT and RoBERTa share: its tensors, and how they compose.
struct BERTLayout {
    /// The encoder's name in transformers' classifiers, such as `bert`.
    let name: String
    let configuration: ModelConfiguration

    init(name: String, _ configuration: ModelConfiguration) {
        self.name = name
        self.configuration = configuration
    }

    /// Rows of the position table: more than a sequence may have where positions are offset.
    private var positionRows: Int {
        (try? configuration.fields.int("max_position_embeddings")) ?? configuration.maxPositions
    }

    private var types: Int { (try? configuration.fields.int("type_vocab_size")) ?? 2 }

    /// The encoder's tensors under `name`, without pooler and heads.
    var tensorShapes: [String: [Int]] {
        let (hidden, wide) = (configuration.hiddenSize, configuration.intermediateSize)
        var shapes = [
            "embeddings.word_embeddings.weight": [configuration.vocabularySize, hidden],
            "embeddings.position_embeddings.weight": [positionRows, hidden],
            "embeddings.token_type_embeddings.weight": [types, hidden],
            "embeddings.LayerNorm.weight": [hidden], "embeddings.LayerNorm.bias": [hidden],
        ]
        for layer in 0..<configuration.layers {
            let prefix = "encoder.layer.\(layer)."
            let projections = [
                ("attention.self.query", hidden, hidden), ("attention.self.key", hidden, hidden),
                ("attention.self.value", hidden, hidden), ("attention.output.dense", hidden, hidden),
                ("intermediate.dense", wide, hidden), ("output.dense", hidden, wide),
            ]
            for (path, outputs, inputs) in projections {
                shapes["\(prefix)\(path).weight"] = [outputs, inputs]
                shapes["\(prefix)\(path).bias"] = [outputs]
            }
            for norm in ["attention.output.LayerNorm", "output.LayerNorm"] {
                shapes["\(prefix)\(norm).weight"] = [hidden]
                shapes["\(prefix)\(norm).bias"] = [hidden]
            }
        }
        return Dictionary(uniqueKeysWithValues: shapes.map { ("\(name).\($0.key)", $0.value) })
    }

    /// Reads the encoder and puts it under `head`.
    ///
    /// - Throws: `ModelFilesError.unsupported` for positions other than learned ones, or a decoder; as reading tensors.
    func build(_ checkpoint: EncoderCheckpoint, positionOffset: Int, head: ClassificationHead) throws -> LanguageModel {
        try refuseUnsupported()
        try checkpoint.verifyComplete(expected: tensorShapes)
        let embedding = EncoderEmbedding(
            words: try checkpoint.table("embeddings.word_embeddings", rows: configuration.vocabularySize),
            positions: try checkpoint.table("embeddings.position_embeddings", rows: positionRows),
            positionOffset: positionOffset,
            types: try checkpoint.table("embeddings.token_type_embeddings", rows: types),
            norm: try checkpoint.layerNorm("embeddings.LayerNorm"))
        let activation = try checkpoint.activation()
        let blocks = try (0..<configuration.layers).map { layer in
            try block("encoder.layer.\(layer).", checkpoint, activation)
        }
        return LanguageModel(
            configuration: configuration, dtype: checkpoint.dtype, embedding: embedding, blocks: blocks, head: head)
    }

    private func block(_ prefix: String, _ checkpoint: EncoderCheckpoint, _ activation: ActivationFunction) throws
        -> EncoderBlock<SelfAttention>
    {
        let (hidden, wide) = (configuration.hiddenSize, configuration.intermediateSize)
        func slot(_ path: String, _ outputs: Int, _ inputs: Int) -> ProjectionSlot {
            checkpoint.slot(prefix + path, outputs: outputs, inputs: inputs)
        }
        let attention = SelfAttention(
            norm: nil,
            queryKeyValue: try checkpoint.group(
                ["query", "key", "value"].map { slot("attention.self.\($0)", hidden, hidden) }),
            output: try checkpoint.group([slot("attention.output.dense", hidden, hidden)]),
            headDim: configuration.headDim, rotary: nil, mask: .bidirectional, activation: checkpoint.dtype.compute)
        let feedForward = FeedForward(
            norm: nil, up: try checkpoint.group([slot("intermediate.dense", wide, hidden)]),
            down: try checkpoint.group([slot("output.dense", hidden, wide)]), kind: .plain(activation),
            activation: checkpoint.dtype.compute)
        return EncoderBlock(
            attention: attention, attentionNorm: try checkpoint.layerNorm("\(prefix)attention.output.LayerNorm"),
            feedForward: feedForward, outputNorm: try checkpoint.layerNorm("\(prefix)output.LayerNorm"))
    }

    private func refuseUnsupported() throws {
        let fields = configuration.fields
        let kind = try fields.string("position_embedding_type", default: "absolute")
        guard kind == "absolute" else {
            throw ModelFilesError(
                .unsupported, "\(fields.path): position_embedding_type is '\(kind)'; lorad computes absolute positions."
            )
        }
        for key in ["is_decoder", "add_cross_attention"] where try fields.bool(key, default: false) {
            throw ModelFilesError(.unsupported, "\(fields.path): \(key) is true; lorad computes \(name) as an encoder.")
        }
    }
}
