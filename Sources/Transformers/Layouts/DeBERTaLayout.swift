import ModelFiles
import Tensors

/// What DeBERTa's versions share: embeddings, relative embeddings, the feed-forward layers and the head.
struct DeBERTaLayout {
    /// The encoder's name in transformers' classifiers.
    static let name = "deberta"
    /// The keys of config.json.
    static let keys = ConfigurationKeys(
        defaultMaxPositions: 512, epsilon: "layer_norm_eps", defaultEpsilon: 1e-7, tiesWordEmbeddings: true,
        vocabulary: nil)
    let configuration: ModelConfiguration
    let settings: DeBERTaSettings
    /// Of the relative embeddings, where the model has one.
    var relativeNorm: NormPlan?
    /// Beside the first layer, where the model has one.
    var convolution: ConvolutionPlan?

    private var hidden: Int { configuration.hiddenSize }

    init(_ configuration: ModelConfiguration, _ settings: DeBERTaSettings) {
        self.configuration = configuration
        self.settings = settings
    }

    /// - Parameter attention: what a layer's attention has of its own, by the prefix of its modules.
    /// - Throws: `TransformersError.unsupported` for another activation function; `ModelFilesError.malformed`.
    func plan(
        attention: (_ prefix: String) -> (content: ProjectionPlan, own: DisentangledPlan)
    ) throws -> EncoderPlan {
        let function = try configuration.fields.activation("hidden_act", default: "gelu")
        let positions = "\(Self.name).embeddings.position_embeddings"
        return EncoderPlan(
            embedding: EncoderEmbeddingPlan(
                words: "\(Self.name).embeddings.word_embeddings", width: settings.embeddingSize,
                padding: configuration.fields.padding(default: 0),
                positions: settings.hasAbsolutePositions ? (positions, configuration.maxPositions, 0) : nil,
                types: settings.types > 0 ? ("\(Self.name).embeddings.token_type_embeddings", settings.types) : nil,
                projection: settings.embeddingSize == hidden
                    ? nil : slot("\(Self.name).embeddings.embed_proj", hidden, settings.embeddingSize),
                norm: norm("\(Self.name).embeddings.LayerNorm")),
            relative: settings.table.map {
                RelativeEmbeddingPlan(name: "\(Self.name).encoder.rel_embeddings", span: $0.span, norm: relativeNorm)
            },
            layers: (0..<configuration.layers).map { layer($0, function, attention) }, classifier: try classifier(),
            // Where a checkpoint keeps absolute positions that its configuration does not use, they are ignored.
            unused: settings.hasAbsolutePositions ? [] : ["embeddings.position_embeddings.weight"])
    }

    /// A projection of a layer's attention with its bias.
    func projection(_ names: [String], _ outputs: Int, _ inputs: Int) -> ProjectionPlan {
        ProjectionPlan(slots: names.map { slot($0, outputs, inputs) }, hasBias: true)
    }

    func slot(_ name: String, _ outputs: Int, _ inputs: Int) -> ProjectionSlot {
        ProjectionSlot(name: name, outputs: outputs, inputs: inputs)
    }

    func norm(_ name: String) -> NormPlan { NormPlan(encoder: name, configuration) }

    private func layer(
        _ index: Int, _ function: ActivationFunction,
        _ attention: (_ prefix: String) -> (content: ProjectionPlan, own: DisentangledPlan)
    ) -> LayerPlan {
        let prefix = "\(Self.name).encoder.layer.\(index)."
        let (content, own) = attention("\(prefix)attention.self.")
        let scale = 1 / Float(configuration.headDim * settings.scaleTerms).squareRoot()
        let wide = configuration.intermediateSize
        return LayerPlan(
            attention: AttentionPlan(
                queryKeyValue: content, output: projection(["\(prefix)attention.output.dense"], hidden, hidden),
                heads: AttentionHeads(configuration), scoring: AttentionScoring(scale: scale, mask: .bidirectional),
                disentangled: own),
            feedForward: FeedForwardPlan(
                up: projection(["\(prefix)intermediate.dense"], wide, hidden),
                down: projection(["\(prefix)output.dense"], hidden, wide), kind: .plain(function)),
            residual: .normalised(norm("\(prefix)attention.output.LayerNorm"), norm("\(prefix)output.LayerNorm")),
            convolution: index == 0 ? convolution : nil)
    }

    /// The pooler over the first token and the classifier. No pre-trained checkpoint has either, so both are trained.
    private func classifier() throws -> ClassifierPlan {
        let fields = configuration.fields
        return ClassifierPlan(
            pooler: slot("pooler.dense", hidden, hidden),
            activation: try fields.activation("pooler_hidden_act", default: "gelu"),
            poolerDropout: try fields.float("pooler_dropout", default: 0),
            dropout: try fields.classifierDropout("cls_dropout"), output: "classifier")
    }
}
