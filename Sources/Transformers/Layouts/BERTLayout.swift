import ModelFiles
import Tensors

/// The encoder that BERT and RoBERTa share: its tensors, and how they compose.
struct BERTLayout {
    /// The encoder's name in transformers' classifiers, such as `bert`.
    let name: String
    let configuration: ModelConfiguration
    /// Row of the first token's position.
    var positionOffset = 0

    /// The keys of config.json.
    static let keys = ConfigurationKeys(
        defaultMaxPositions: 512, epsilon: "layer_norm_eps", defaultEpsilon: 1e-12, tiesWordEmbeddings: true,
        vocabulary: nil)

    /// The plan of the encoder under a head.
    ///
    /// - Throws: `ModelFilesError.unsupported` for positions other than learned ones, or a decoder; `.malformed`;
    ///   `TransformersError.unsupported` for another activation function.
    func plan(_ classifier: ClassifierPlan) throws -> EncoderPlan {
        try refuseUnsupported()
        let fields = configuration.fields
        let function = try fields.activation("hidden_act", default: "gelu")
        let positions = configuration.maxPositions + positionOffset
        return EncoderPlan(
            embedding: EncoderEmbeddingPlan(
                words: "\(name).embeddings.word_embeddings", width: configuration.hiddenSize,
                padding: fields.padding(default: Int32(max(0, positionOffset - 1))),
                positions: ("\(name).embeddings.position_embeddings", positions, positionOffset),
                types: ("\(name).embeddings.token_type_embeddings", try types(fields)),
                norm: NormPlan(encoder: "\(name).embeddings.LayerNorm", configuration)),
            layers: (0..<configuration.layers).map { layer($0, function) }, classifier: classifier)
    }

    /// Rows of the table of token types, of which every token has one.
    private func types(_ fields: ConfigurationFields) throws -> Int {
        let types = try fields.int("type_vocab_size", default: 2)
        guard (1...ModelConfiguration.largestSize).contains(types) else {
            throw ModelFilesError(
                .malformed, "\(fields.path): type_vocab_size is \(types); every token of \(name) has a type.")
        }
        return types
    }

    private func layer(_ index: Int, _ function: ActivationFunction) -> LayerPlan {
        let prefix = "\(name).encoder.layer.\(index)."
        let (hidden, wide) = (configuration.hiddenSize, configuration.intermediateSize)
        func projection(_ paths: [String], _ outputs: Int, _ inputs: Int) -> ProjectionPlan {
            ProjectionPlan(
                slots: paths.map { ProjectionSlot(name: prefix + $0, outputs: outputs, inputs: inputs) }, hasBias: true)
        }
        return LayerPlan(
            attention: AttentionPlan(
                queryKeyValue: projection(["query", "key", "value"].map { "attention.self.\($0)" }, hidden, hidden),
                output: projection(["attention.output.dense"], hidden, hidden), heads: AttentionHeads(configuration),
                scoring: AttentionScoring(headDim: configuration.headDim, mask: .bidirectional)),
            feedForward: FeedForwardPlan(
                up: projection(["intermediate.dense"], wide, hidden),
                down: projection(["output.dense"], hidden, wide), kind: .plain(function)),
            residual: .normalised(
                NormPlan(encoder: "\(prefix)attention.output.LayerNorm", configuration),
                NormPlan(encoder: "\(prefix)output.LayerNorm", configuration)))
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

extension NormPlan {
    /// An encoder's LayerNorm, `[d]`.
    init(encoder name: String, _ configuration: ModelConfiguration) {
        self.init(
            name: name, size: configuration.hiddenSize, epsilon: configuration.normEpsilon,
            kind: .layer(hasParameters: true))
    }
}

extension ConfigurationFields {
    /// Probability of dropping what an encoder's classifier reads: the given key, else that of its hidden states.
    func classifierDropout(_ key: String = "classifier_dropout") throws -> Float {
        value(key) != nil ? try float(key) : try float("hidden_dropout_prob", default: 0.1)
    }
}
